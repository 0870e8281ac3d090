//! Fernand writes HTML; Muster shows and searches text.

/// Text as HTML: what has a meaning in HTML escaped, line ends as `<br>`.
pub(super) fn from_text(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.lines().collect::<Vec<_>>().join("<br>")
}

/// The text of HTML: what is not shown left out, ends of lines and paragraphs kept.
pub(super) fn to_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        push(&mut text, &rest[..start]);
        rest = &rest[start..];
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
            continue;
        }
        let Some(end) = rest.find('>') else { break };
        let tag = rest[1..end].trim().trim_end_matches('/').to_lowercase();
        let name = tag.split_whitespace().next().unwrap_or_default().to_owned();
        rest = &rest[end + 1..];
        match name.as_str() {
            "br" | "/div" | "/li" | "/tr" | "/h1" | "/h2" | "/h3" => text.push('\n'),
            "/p" | "/blockquote" | "/ul" | "/ol" => text.push_str("\n\n"),
            "style" | "script" | "head" | "title" => {
                let close = format!("</{name}");
                // In ASCII only, so that places stay where they are.
                let end = rest.to_ascii_lowercase().find(&close);
                rest = end.and_then(|at| rest.get(at..)).unwrap_or_default();
            }
            _ => {}
        }
    }
    push(&mut text, rest);
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.dedup_by(|next, before| next.is_empty() && before.is_empty());
    lines.join("\n").trim().to_owned()
}

/// Text between two tags: a line end of the source is a space, and nothing at the beginning of a line.
fn push(text: &mut String, source: &str) {
    let plain = source.replace("\r\n", "\n").replace(['\n', '\t'], " ");
    let plain = if text.is_empty() || text.ends_with('\n') { plain.trim_start() } else { plain.as_str() };
    let plain = plain.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">");
    let plain = plain.replace("&quot;", "\"").replace("&#39;", "'").replace("&apos;", "'");
    text.push_str(&plain.replace("&amp;", "&"));
}

/// What is the same where two texts read the same: white space folded, case kept.
pub(super) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Hello")]
    #[case("a < b && c > d")]
    #[case("Dear Ada,\n\nit is on its way.\nMira")]
    #[case("&lt;b&gt; is written, İstanbul too")]
    fn text_comes_back(#[case] text: &str) {
        assert_eq!(to_text(&from_text(text)), text);
    }

    #[rstest]
    #[case("<p>Dear <b>Ada</b>,</p><p>it is\non its way.</p>", "Dear Ada,\n\nit is on its way.")]
    #[case("<style>p{color:red}</style><div>Hi</div><div>there</div>", "Hi\nthere")]
    #[case("<!-- <p>no</p> -->yes", "yes")]
    #[case("1 < 2", "1 < 2")]
    #[case("<script>if (İ) {}</script>x<br/>y", "x\ny")]
    #[case("", "")]
    fn html_reads_as_it_looks(#[case] html: &str, #[case] text: &str) {
        assert_eq!(to_text(html), text);
    }
}
