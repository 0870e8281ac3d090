//! Conversations and messages on the disk: JSON, compressed against a dictionary of what all of it has in common.
//!
//! Most of a conversation's JSON is the names of its fields, and every page that is written or read is encrypted and
//! authenticated: fewer bytes are less work for everybody. `packed.dict` was trained by zstd on 3,000 conversations of the
//! embedded help desk, in all of its languages: the frame of the JSON, and how often which letters occur.

use std::{cell::RefCell, sync::LazyLock};

use rusqlite::{Row, types::Type};
use serde::{Serialize, de::DeserializeOwned};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
};

use crate::{Result, StoreError, column::to_json};

/// The first byte of every packed value: which dictionary. A new dictionary is a new number.
const VERSION: u8 = 2;
const DICTIONARY: &[u8] = include_bytes!("packed.dict");
/// The quickest level: a higher one saves a hundredth and takes twice as long.
const LEVEL: i32 = 1;
/// Nothing that was packed here is larger: what says so is damaged.
const MOST_BYTES: u64 = 256 << 20;

static TO_PACK: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static TO_UNPACK: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    // Making one costs more than what it then does to one conversation.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// A value as it stands in a column.
pub(crate) fn packed<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let json = to_json(value)?;
    PACKER
        .with_borrow_mut(|kept| {
            let packer = match kept {
                Some(packer) => packer,
                None => kept.insert(Compressor::with_prepared_dictionary(&TO_PACK)?),
            };
            let mut bytes = Vec::with_capacity(1 + json.len() / 2);
            bytes.push(VERSION);
            bytes.extend(packer.compress(json.as_bytes())?);
            Ok(bytes)
        })
        .map_err(StoreError::Packing)
}

/// The value in a column.
pub(crate) fn unpacked<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let unreadable = |err: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, err)
    };
    let Some((&VERSION, bytes)) = row.get_ref(column)?.as_blob()?.split_first() else {
        return Err(unreadable("packed by another version".into()));
    };
    let size = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten();
    let Some(size) = size.filter(|size| *size <= MOST_BYTES).and_then(|size| usize::try_from(size).ok())
    else {
        return Err(unreadable("damaged".into()));
    };
    let json = UNPACKER.with_borrow_mut(|kept| {
        let unpacker = match kept {
            Some(unpacker) => unpacker,
            None => kept.insert(Decompressor::with_prepared_dictionary(&TO_UNPACK)?),
        };
        unpacker.decompress(bytes, size)
    });
    serde_json::from_slice(&json.map_err(|err| unreadable(Box::new(err)))?)
        .map_err(|err| unreadable(Box::new(err)))
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
