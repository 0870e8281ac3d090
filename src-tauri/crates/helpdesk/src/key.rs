//! An API key on its way to a request: wiped when dropped, never printed.

use zeroize::Zeroizing;

/// An API key. `Debug` shows nothing of it, and it does not implement `Display` or `Serialize`.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// Wraps a key; surrounding white space, which copying adds, is removed.
    #[must_use]
    pub fn new(key: String) -> Self {
        let key = Zeroizing::new(key);
        Self(Zeroizing::new(key.trim().to_owned()))
    }

    /// The key itself, for the request header and the keychain only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(…)")
    }
}
