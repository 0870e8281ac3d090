//! Fernand's messages are HTML, the desk keeps plain text beside it.

/// Text as HTML: what has a meaning in HTML escaped, line ends as `<br>`.
pub(super) fn from_text(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.lines().collect::<Vec<_>>().join("<br>\n")
}

/// The text of HTML: tags taken out, ends of lines and paragraphs kept.
pub(super) fn to_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        push(&mut text, &rest[..start]);
        let Some(end) = rest[start..].find('>') else {
            rest = &rest[start..];
            break;
        };
        let tag = rest[start + 1..start + end].trim_end_matches('/').trim().to_lowercase();
        match tag.split_whitespace().next().unwrap_or_default() {
            "br" | "/div" | "/li" => text.push('\n'),
            "/p" => text.push_str("\n\n"),
            _ => {}
        }
        rest = &rest[start + end + 1..];
    }
    push(&mut text, rest);
    text.trim().to_owned()
}

/// A line end in HTML is a space, or nothing behind a `<br>`.
fn push(text: &mut String, html: &str) {
    let plain = html.replace("\r\n", "\n").replace('\n', " ");
    let plain = if text.is_empty() || text.ends_with('\n') { plain.trim_start() } else { &plain };
    let plain =
        plain.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.push_str(&plain.replace("&#39;", "'").replace("&amp;", "&"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back() {
        for text in ["Hello", "a < b & c > d", "Dear Ada,\n\nit is on its way.\nMira", "&lt; is written"] {
            assert_eq!(to_text(&from_text(text)), text);
        }
        assert_eq!(
            to_text("<p>Dear <b>Ada</b>,</p><p>it is\non its way.</p>"),
            "Dear Ada,\n\nit is on its way."
        );
        assert_eq!(to_text("1 < 2"), "1 < 2");
    }
}
