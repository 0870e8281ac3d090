//! Message HTML, made safe to show: cleaned here, framed by the window under its own scheme with its own policy.

use ammonia::Builder;
use std::collections::HashSet;

/// The policy under which cleaned mail is served: no script, no network, inline styles only.
pub const MAIL_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// A whole page with the cleaned message in it. Remote images are left out: fetching one would tell the sender that
/// and when the mail was read.
#[must_use]
pub fn mail_page(html: &str) -> String {
    let body = cleaner().clean(html).to_string();
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><style>{STYLE}</style></head><body dir=\"auto\">{body}</body></html>"
    )
}

const STYLE: &str = ":root{color-scheme:light}body{margin:0;padding:12px;font:14px/21px system-ui,sans-serif;\
    color:#15171c;background:#fff;overflow-wrap:anywhere}img{max-width:100%}blockquote{margin:8px 0;padding-left:12px;\
    border-left:2px solid #d3d7df;color:#474d5b}pre{white-space:pre-wrap}table{max-width:100%}";

fn cleaner() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .add_generic_attributes(["style", "dir", "align", "bgcolor", "color", "width", "height"])
        .add_tags(["font", "center"])
        .url_schemes(HashSet::from(["http", "https", "mailto", "data"]))
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            // Only pictures that are part of the message itself.
            ("img", "src") => value.starts_with("data:image/").then(|| value.into()),
            (_, "href") => {
                (!value.trim_start().to_ascii_lowercase().starts_with("data:")).then(|| value.into())
            }
            // `url(…)` and `@import` in a style would call out; the policy forbids it too.
            (_, "style") => {
                let folded = value.to_ascii_lowercase();
                (!folded.contains("url(") && !folded.contains("expression(")).then(|| value.into())
            }
            _ => Some(value.into()),
        })
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
}

#[cfg(test)]
mod tests {
    use super::mail_page;

    #[test]
    fn scripts_handlers_and_remote_pictures_are_gone() {
        let page = mail_page(
            "<p style='color:red' onclick='x()'>Hi</p><script>alert(1)</script><img src='https://t.example/p.gif'>\
             <img src='data:image/png;base64,AA=='><a href='javascript:x()'>a</a><a href='data:text/html,x'>b</a>\
             <div style=\"background:url(https://t.example/x)\">c</div><iframe src='https://t.example'></iframe>",
        );
        assert!(page.contains("<p style=\"color:red\">Hi</p>"), "{page}");
        for gone in ["alert", "onclick", "t.example", "javascript:", "data:text/html", "<iframe"] {
            assert!(!page.contains(gone), "{gone} is still in {page}");
        }
        assert!(page.contains("data:image/png;base64,AA=="), "{page}");
    }
}
