//! The address of a help desk: what may be entered, and how paths are built on it.
//!
//! A key travels with every request, so plain HTTP is refused for everything but this machine, and a path prefix is
//! kept, because many help desks live under one.

use url::{Host, Url};

use crate::ReadError;

/// A help desk's address, checked.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    base: Url,
    host: String,
}

impl Address {
    /// Checks what was entered; the error is a sentence that says what to enter instead.
    pub(crate) fn parse(text: &str) -> Result<Self, ReadError> {
        let text = text.trim();
        if text.is_empty() {
            return bad(
                "Enter the address of the help desk, for example https://desk.example.com.".to_owned()
            );
        }
        if !text.contains("://") {
            return bad(match suggest(text) {
                Some(whole) => format!("The address needs its beginning: enter {whole}."),
                None => not_an_address(text),
            });
        }
        let Ok(mut base) = Url::parse(text) else { return bad(not_an_address(text)) };
        base.set_query(None);
        base.set_fragment(None);
        let Some(host) = base.host_str().filter(|host| !host.is_empty()) else {
            return bad(not_an_address(text));
        };
        let host = base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        if !base.username().is_empty() || base.password().is_some() {
            return bad(format!(
                "Leave the user name and password out of the address: enter {}://{host}.",
                base.scheme()
            ));
        }
        let address = Self { base, host };
        match address.base.scheme() {
            "https" => Ok(address),
            "http" if address.is_loopback() => Ok(address),
            "http" => {
                let port =
                    if address.base.port().is_some() { " and the port of its HTTPS service" } else { "" };
                bad(format!(
                    "Muster does not send a key over an open connection. Enter https:// instead of http:// for {}{port}.",
                    address.base.host_str().unwrap_or_default()
                ))
            }
            other => bad(format!("A help desk's address begins with https://, not {other}://.")),
        }
    }

    /// Host, and the port where it is not the usual one.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether the help desk runs on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// The address of one resource: the segments are appended to the prefix, each escaped as needed.
    pub(crate) fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Never fails: `parse` accepts only http and https, which have paths.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

fn bad(sentence: String) -> Result<Address, ReadError> {
    Err(ReadError::BadAddress(sentence))
}

fn not_an_address(text: &str) -> String {
    format!("“{text}” is not an address. Enter one like https://desk.example.com.")
}

/// The same with a scheme, if that makes an address of it.
fn suggest(text: &str) -> Option<String> {
    let whole = format!("https://{}", text.trim_start_matches('/'));
    let url = Url::parse(&whole).ok().filter(Url::has_host)?;
    Some(if is_loopback(&url) { whole.replacen("https", "http", 1) } else { whole })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://desk.example.com", "desk.example.com", "https://desk.example.com/api/me")]
    #[case(" https://desk.example.com/ ", "desk.example.com", "https://desk.example.com/api/me")]
    #[case("https://example.com/support/desk/", "example.com", "https://example.com/support/desk/api/me")]
    #[case("https://example.com/support?x=1#top", "example.com", "https://example.com/support/api/me")]
    #[case("https://example.com:8443", "example.com:8443", "https://example.com:8443/api/me")]
    #[case("http://127.0.0.1:8321", "127.0.0.1:8321", "http://127.0.0.1:8321/api/me")]
    #[case("http://127.9.9.9", "127.9.9.9", "http://127.9.9.9/api/me")]
    #[case("http://[::1]:80", "[::1]", "http://[::1]/api/me")]
    #[case("http://LocalHost:8080", "localhost:8080", "http://localhost:8080/api/me")]
    fn usable(#[case] text: &str, #[case] host: &str, #[case] me: &str) {
        let address = Address::parse(text).unwrap();
        assert_eq!(address.host(), host);
        assert_eq!(address.at(&["api", "me"]).as_str(), me);
    }

    #[rstest]
    #[case("", "https://desk.example.com")]
    #[case("desk.example.com", "enter https://desk.example.com.")]
    #[case("//desk.example.com/x", "enter https://desk.example.com/x.")]
    #[case("localhost:8080", "enter http://localhost:8080.")]
    #[case("127.0.0.1:8321", "enter http://127.0.0.1:8321.")]
    #[case("my help desk", "is not an address")]
    #[case("https://", "is not an address")]
    #[case("http://desk.example.com", "Enter https:// instead of http:// for desk.example.com.")]
    #[case("http://desk.example.com:81", "port of its HTTPS service")]
    #[case("http://localhost.example.com", "Enter https://")]
    #[case("http://128.0.0.1", "Enter https://")]
    #[case("ftp://desk.example.com", "begins with https://")]
    #[case("https://me:secret@desk.example.com", "enter https://desk.example.com.")]
    fn says_what_to_enter(#[case] text: &str, #[case] part: &str) {
        let Err(ReadError::BadAddress(sentence)) = Address::parse(text) else { panic!("{text} was taken") };
        assert!(sentence.contains(part), "{sentence}");
        assert!(!sentence.contains("secret"));
    }

    #[test]
    fn an_id_cannot_leave_its_segment() {
        let address = Address::parse("https://example.com/desk").unwrap();
        let url = address.at(&["api", "conversations", "../../admin?x=1#y"]);
        assert_eq!(url.as_str(), "https://example.com/desk/api/conversations/..%2F..%2Fadmin%3Fx=1%23y");
    }
}
