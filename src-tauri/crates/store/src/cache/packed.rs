//! Conversations and messages on the disk: JSON, compressed against a text that holds what all of it has in common.
//!
//! Most of a conversation's JSON is the names of its fields, and every page that is written or read is encrypted and
//! authenticated: fewer bytes are less work for everybody.

use rusqlite::{Row, types::Type};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Result, column::to_json};

/// The first byte of every packed value: which dictionary. A new dictionary is a new number.
const VERSION: u8 = 1;

/// What most values have in common, in the order in which it is written.
const DICTIONARY: &[u8] = br#"the and you for that with have your this not are was but our from will can has been please thank thanks order payment invoice account delivery Hello Best regards Kind regards Thank you for your message. und die der das nicht ist Sehr geehrte Damen und Herren, Vielen Dank Mit freundlichen Gr\n\n","from":"agent","author":"","author_handle":"@","mass_reply":true,"delivery":{"state":"delivered","reason":null}},{"attachments":[{"id":"","name":"","mime":"image/png","size":"status":"snoozed","snoozed_until":"2026-"status":"done","status":"archived","channel":"whatsapp","channel":"chat","channel":"sms","priority":"high","priority":"urgent","assignee":{"agent":null,"team":null},"engagement":"engaged","waiting_since":null,{"id":"","subject":"Re: ","contact":{"id":null,"name":"","email":"@example.com","phone":null,"custom_fields":{}},"channel":"email","status":"active","snoozed_until":null,"priority":"none","assignee":{"agent":"@","team":""},"tags":[],"followers":[],"engagement":"pending","waiting_since":"2026-01-01T00:00:00Z","created":"2026-01-01T00:00:00.000Z","updated":"2026-01-01T00:00:00.000Z","last_inbound":"2026-01-01T00:00:00.000Z","last_outbound":null,"preview":{"text":"","from":"customer"},"message_count":1,"case_number":null,"custom_fields":{},"has_attachment":false,"stamp":1}[{"id":"","at":"2026-01-01T00:00:00.000Z","kind":"message","from":"customer","author":"","author_handle":null,"text":"","html":null,"attachments":[],"client_ref":null,"mass_reply":false,"delivery":null},{"id":"","at":"2026-"#;

/// A value as it stands in a column.
pub(crate) fn packed<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let json = to_json(value)?;
    let mut bytes = vec![VERSION];
    bytes.extend(lz4_flex::block::compress_prepend_size_with_dict(json.as_bytes(), DICTIONARY));
    Ok(bytes)
}

/// The value in a column.
pub(crate) fn unpacked<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let unreadable = |err: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, err)
    };
    let Some((&VERSION, bytes)) = row.get_ref(column)?.as_blob()?.split_first() else {
        return Err(unreadable("packed by another version".into()));
    };
    let json = lz4_flex::block::decompress_size_prepended_with_dict(bytes, DICTIONARY)
        .map_err(|err| unreadable(Box::new(err)))?;
    serde_json::from_slice(&json).map_err(|err| unreadable(Box::new(err)))
}

#[cfg(test)]
mod tests {
    use super::{packed, unpacked};
    use crate::testing::conversation;

    #[test]
    fn what_was_packed_comes_back() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        let read = |bytes: &[u8]| {
            conn.query_row("SELECT ?1 AS value", [bytes], |row| {
                unpacked::<muster_model::Conversation>(row, "value")
            })
        };
        let one = conversation("a", 5);
        let bytes = packed(&one).unwrap();
        assert_eq!(read(&bytes).unwrap(), one);
        assert!(bytes.len() * 2 < serde_json::to_string(&one).unwrap().len());
        assert!(read(&bytes[..bytes.len() - 3]).is_err());
        assert!(read(&[]).is_err() && read(&[9, 9]).is_err());
    }
}
