//! The company's hours, as it set them.

use rusqlite::Connection;

use super::directory::{meta, set_meta};
use super::outcome::Invalid;
use crate::hours::{Hours, Working};

const NAME: &str = "hours";

/// The hours that hold now.
pub(crate) fn hours(tx: &Connection) -> rusqlite::Result<Hours> {
    let kept = meta(tx, NAME)?.and_then(|text| serde_json::from_str(&text).ok());
    Ok(kept.unwrap_or_default())
}

/// The same, to be counted with. Kept ones were checked; where this machine lost their zone, the usual ones hold.
pub(crate) fn working(tx: &Connection) -> rusqlite::Result<Working> {
    Ok(hours(tx)?.read().or_else(|_| Hours::default().read()).unwrap_or_else(|_| Working::by_utc()))
}

/// Sets them. What is done already is archived when it was said to be.
pub(crate) fn set_hours(tx: &Connection, hours: &Hours) -> rusqlite::Result<Result<(), Invalid>> {
    if let Err((field, sentence)) = hours.read() {
        return Ok(Err(Invalid::new(field, sentence)));
    }
    set_meta(tx, NAME, &serde_json::json!(hours).to_string())?;
    Ok(Ok(()))
}
