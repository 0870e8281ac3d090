//! How answers are printed: JSON for programs, lines for people.

use muster_app::{ErrorCode, UiError};
use serde::Serialize;

/// Where answers go.
#[derive(Clone, Copy, Debug)]
pub struct Out {
    /// Print JSON.
    pub json: bool,
}

impl Out {
    /// Prints the value as one line of JSON, or what `text` makes of it.
    pub fn print<T: Serialize>(self, value: &T, text: impl FnOnce(&T) -> String) -> Result<(), UiError> {
        if self.json {
            let line = serde_json::to_string(value).map_err(|err| {
                UiError::new(ErrorCode::Internal, format!("The answer is not JSON: {err}."))
            })?;
            println!("{line}");
        } else {
            let text = text(value);
            if !text.is_empty() {
                println!("{text}");
            }
        }
        Ok(())
    }
}
