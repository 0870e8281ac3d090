//! The contract for people: a page made from the OpenAPI document, without scripts and without anything from elsewhere.

use std::fmt::Write as _;

use pulldown_cmark::{Event, Options, Parser, html};
use serde_json::{Map, Value, json};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const STYLE: &str = include_str!("docs.css");

/// The whole page.
pub(super) fn page(api: &Value) -> String {
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><header><h1>{title}</h1><p>Version {version} · \
         <a href=\"/api/openapi.json\">OpenAPI document</a></p></header>",
        title = escaped(text(&api["info"]["title"])),
        version = escaped(text(&api["info"]["version"])),
    );
    let tags: Vec<&Value> = api["tags"].as_array().into_iter().flatten().collect();
    out.push_str("<nav aria-label=\"Calls\">");
    for tag in &tags {
        let name = text(&tag["name"]);
        let _ = write!(out, "<h2>{}</h2><ul>", escaped(name));
        for call in calls(api, name) {
            let _ = write!(out, "<li><a href=\"#{}\">{}</a></li>", call.anchor(), escaped(call.summary()));
        }
        out.push_str("</ul>");
    }
    out.push_str("<h2>Schemas</h2><ul><li><a href=\"#schemas\">All schemas</a></li></ul></nav><main>");
    out.push_str(&markdown(text(&api["info"]["description"])));
    for tag in &tags {
        let name = text(&tag["name"]);
        let _ = write!(out, "<section><h2>{}</h2>", escaped(name));
        out.push_str(&markdown(text(&tag["description"])));
        for call in calls(api, name) {
            call.show(api, &mut out);
        }
        out.push_str("</section>");
    }
    out.push_str("<section id=\"schemas\"><h2>Schemas</h2>");
    for (name, schema) in api["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = write!(out, "<article id=\"schema-{0}\"><h3>{0}</h3>", escaped(name));
        out.push_str(&markdown(text(&schema["description"])));
        fields(&mut out, schema);
        out.push_str("</article>");
    }
    out.push_str("</section></main></html>");
    out
}

/// One operation.
struct Call<'a> {
    method: &'a str,
    path: &'a str,
    said: &'a Value,
}

fn calls<'a>(api: &'a Value, tag: &'a str) -> impl Iterator<Item = Call<'a>> {
    api["paths"].as_object().into_iter().flatten().flat_map(move |(path, item)| {
        METHODS.iter().filter_map(move |method| {
            let said = item.get(method)?;
            (said["tags"][0] == tag).then_some(Call { method, path, said })
        })
    })
}

impl Call<'_> {
    fn anchor(&self) -> String {
        let place = self.path.trim_start_matches("/api/").replace(['/', '{', '}'], "-");
        format!("{}-{place}", self.method)
    }

    fn summary(&self) -> &str {
        self.said["summary"].as_str().unwrap_or(self.path)
    }

    fn show(&self, api: &Value, out: &mut String) {
        let _ = write!(
            out,
            "<article id=\"{}\"><h3>{}</h3><p class=\"call\"><b class=\"{}\">{}</b> <code>{}</code></p>",
            self.anchor(),
            escaped(self.summary()),
            self.method,
            self.method.to_uppercase(),
            escaped(self.path),
        );
        out.push_str(&markdown(text(&self.said["description"])));
        let parameters: Vec<&Value> = self.said["parameters"].as_array().into_iter().flatten().collect();
        if !parameters.is_empty() {
            out.push_str("<table><tr><th>Parameter<th>In<th>Type<th>Meaning</tr>");
            for one in parameters {
                let _ = write!(
                    out,
                    "<tr><td><code>{}</code><td>{}<td>{}<td>{}</tr>",
                    escaped(text(&one["name"])),
                    escaped(text(&one["in"])),
                    kind(&one["schema"]),
                    markdown(text(&one["description"])),
                );
            }
            out.push_str("</table>");
        }
        for (mime, body) in self.said["requestBody"]["content"].as_object().into_iter().flatten() {
            let _ =
                write!(out, "<h4>Body <small>{}</small></h4><p>{}</p>", escaped(mime), kind(&body["schema"]));
            example(out, api, &body["schema"]);
        }
        out.push_str("<h4>Answers</h4><table>");
        for (status, response) in self.said["responses"].as_object().into_iter().flatten() {
            let body = response["content"].as_object().and_then(|content| content.values().next());
            let _ = write!(
                out,
                "<tr><td><code>{}</code><td>{}<td>{}</tr>",
                escaped(status),
                body.map_or_else(String::new, |body| kind(&body["schema"])),
                markdown(text(&response["description"])),
            );
        }
        out.push_str("</table>");
        let given = &self.said["responses"]["200"]["content"]["application/json"]["schema"];
        if !given.is_null() {
            example(out, api, given);
        }
        out.push_str("</article>");
    }
}

fn example(out: &mut String, api: &Value, schema: &Value) {
    let shown = serde_json::to_string_pretty(&sample(api, schema, 0)).unwrap_or_default();
    let _ = write!(
        out,
        "<details><summary>Example</summary><pre><code>{}</code></pre></details>",
        escaped(&shown)
    );
}

/// Something that fits a schema, made of the examples of its parts.
fn sample(api: &Value, schema: &Value, depth: usize) -> Value {
    /// Deeper than anything here: a schema that holds itself would not end.
    const DEEPEST: usize = 12;
    if let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return example.clone();
    }
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
        return sample(api, &api["components"]["schemas"][name], depth + 1);
    }
    if let Some(parts) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let full = parts.iter().find(|part| part["type"] != "null");
        return full.map_or(Value::Null, |part| sample(api, part, depth + 1));
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.first().cloned().unwrap_or_default();
    }
    match schema["type"].as_str() {
        Some("array") => json!([sample(api, &schema["items"], depth + 1)]),
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            properties
                .map(|(name, part)| (name.clone(), sample(api, part, depth + 1)))
                .collect::<Map<_, _>>()
                .into()
        }
        Some("string") => json!("…"),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        // May be absent, so it is.
        _ => Value::Null,
    }
}

/// A type in a few words, with a link where it has a name.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escaped(name));
    }
    if let Some(parts) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        return parts.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        Value::String(word) if word == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(word) => match schema["format"].as_str() {
            Some(format) => format!("{word} <small>{}</small>", escaped(format)),
            None => word.clone(),
        },
        _ => "anything".to_owned(),
    }
}

fn fields(out: &mut String, schema: &Value) {
    let Some(properties) = schema["properties"].as_object() else {
        let _ = write!(out, "<p>{}</p>", kind(schema));
        return;
    };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().map(text).collect();
    out.push_str("<table><tr><th>Field<th>Type<th>Meaning</tr>");
    for (name, field) in properties {
        let _ = write!(
            out,
            "<tr><td><code>{}</code>{}<td>{}<td>{}</tr>",
            escaped(name),
            if required.contains(&name.as_str()) { "" } else { " <small>may be absent</small>" },
            kind(field),
            markdown(text(&field["description"])),
        );
    }
    out.push_str("</table>");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Markdown as HTML; markup in it stays text.
fn markdown(text: &str) -> String {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES);
    let events = parser.map(|event| match event {
        Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
        event => event,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}
