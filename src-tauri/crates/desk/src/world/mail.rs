//! How an e-mail is dressed: greeting, closing, what it quotes, and the HTML that mail programs make of it.

use crate::rng::Rng;

/// Lines of what is quoted, at most.
const QUOTED_LINES: usize = 40;

/// The message that is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted<'a> {
    /// “Marta wrote:”
    pub(super) intro: &'a str,
    pub(super) text: &'a str,
}

/// Plain text with the answered message below.
pub(super) fn plain(body: &str, quoted: Option<Quoted<'_>>) -> String {
    let Some(quoted) = quoted else { return body.to_owned() };
    let mut text = format!("{body}\n\n{}\n", quoted.intro);
    for line in quoted.text.lines().take(QUOTED_LINES) {
        text.push_str(if line.starts_with('>') { ">" } else { "> " });
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// The same as a mail program's HTML.
pub(super) fn html(rng: &mut Rng, body: &str, quoted: Option<Quoted<'_>>, right_to_left: bool) -> String {
    let style = rng.pick(&[
        "font-family:Arial,sans-serif;font-size:14px;color:#222222",
        "font-family:Calibri,Helvetica,sans-serif;font-size:11pt",
        "font-family:Georgia,serif;font-size:15px;line-height:1.5;color:#1a1a2e",
        "font-family:-apple-system,Segoe UI,sans-serif;font-size:13px",
    ]);
    let direction = if right_to_left { " dir=\"rtl\"" } else { "" };
    let mut page = format!("<html><body><div{direction} style=\"{style}\">");
    for paragraph in body.split("\n\n") {
        let lines: Vec<String> = paragraph.lines().map(escape).collect();
        page.push_str(&format!("<p style=\"margin:0 0 12px 0\">{}</p>", lines.join("<br>")));
    }
    if let Some(quoted) = quoted {
        page.push_str(&format!(
            "<div class=\"quote\"><div style=\"color:#777777\">{}</div>\
             <blockquote style=\"margin:0 0 0 8px;border-left:2px solid #cccccc;padding-left:10px;color:#555555\">",
            escape(quoted.intro)
        ));
        for line in quoted.text.lines().take(QUOTED_LINES) {
            page.push_str(&format!("<div>{}</div>", escape(line)));
        }
        page.push_str("</blockquote></div>");
    }
    page.push_str("</div></body></html>");
    page
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_grow_deeper() {
        let once = plain("Yes.", Some(Quoted { intro: "A wrote:", text: "Is it <blue>?" }));
        assert_eq!(once, "Yes.\n\nA wrote:\n> Is it <blue>?\n");
        let twice = plain("Thanks.", Some(Quoted { intro: "B wrote:", text: &once }));
        assert!(twice.contains(">> Is it <blue>?"), "{twice}");
        let page =
            html(&mut Rng::new(1), "Yes.\n\nRegards\nB", Some(Quoted { intro: "A:", text: "<b>" }), false);
        assert!(
            page.contains("Regards<br>B") && page.contains("&lt;b&gt;") && page.contains("<blockquote"),
            "{page}"
        );
    }
}
