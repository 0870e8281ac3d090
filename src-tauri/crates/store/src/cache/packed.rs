//! Conversations and messages on the disk: JSON, compressed against a dictionary of what all of it has in common.
//!
//! Most of a conversation's JSON is the names of its fields, and every page that is written or read is encrypted and
//! authenticated: fewer bytes are less work for everybody. A value is one frame of zstd (RFC 8878); the frame names its
//! dictionary.

use std::{cell::RefCell, sync::Arc};

use rusqlite::{Connection, Row, types::Type};
use serde::{Serialize, de::DeserializeOwned};
use zstd::zstd_safe::{CCtx, DCtx, compress_bound, get_dict_id_from_frame, get_frame_content_size};

use crate::{Result, StoreError};

mod dictionary;
mod learn;

use dictionary::Dictionary;

pub(super) use learn::Learning;

/// Nothing that was packed here is larger: what says so is damaged.
const MOST_BYTES: u64 = 256 << 20;
/// Room to work in that a thread keeps.
const MOST_KEPT: usize = 1 << 20;

thread_local! {
    // Making one costs more than what it then does to one conversation. The other two are room to work in.
    static PACKER: RefCell<(CCtx<'static>, Vec<u8>, Vec<u8>)> = RefCell::new((CCtx::create(), Vec::new(), Vec::new()));
    static UNPACKER: RefCell<DCtx<'static>> = RefCell::new(DCtx::create());
}

/// Packs values against one dictionary. Whoever has one needs no database for it, and may be on another thread.
#[derive(Clone)]
pub(super) struct Packer(Arc<Dictionary>);

impl Packer {
    /// Against the newest dictionary of a database.
    pub(super) fn newest(conn: &Connection) -> Result<Self> {
        Ok(Self(dictionary::newest(conn)?))
    }

    /// A value as it stands in a column.
    pub(super) fn pack<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>> {
        PACKER.with_borrow_mut(|(context, json, bytes)| {
            json.clear();
            serde_json::to_writer(&mut *json, value).map_err(|err| StoreError::corrupt(err.to_string()))?;
            let packed = self.compress(context, json, bytes);
            json.clear();
            json.shrink_to(MOST_KEPT);
            packed
        })
    }

    fn pack_json(&self, json: &[u8]) -> Result<Vec<u8>> {
        PACKER.with_borrow_mut(|(context, _, bytes)| self.compress(context, json, bytes))
    }

    fn compress(&self, context: &mut CCtx<'static>, json: &[u8], bytes: &mut Vec<u8>) -> Result<Vec<u8>> {
        bytes.clear();
        bytes.reserve(compress_bound(json.len()));
        context
            .compress_using_cdict(bytes, json, self.0.to_pack())
            .map_err(|code| StoreError::Packing(why(code)))?;
        let packed = bytes.as_slice().to_vec();
        bytes.clear();
        bytes.shrink_to(MOST_KEPT);
        Ok(packed)
    }
}

/// A value as it stands in a column, against the newest dictionary of its database.
pub(crate) fn packed<T: Serialize + ?Sized>(conn: &Connection, value: &T) -> Result<Vec<u8>> {
    Packer::newest(conn)?.pack(value)
}

/// The value in a column of a row that this connection read.
pub(crate) fn unpacked<T: DeserializeOwned>(
    conn: &Connection,
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<T> {
    let json = unpack(conn, row.get_ref(column)?.as_blob()?)?;
    serde_json::from_slice(&json).map_err(unreadable)
}

fn unpack(conn: &Connection, bytes: &[u8]) -> rusqlite::Result<Vec<u8>> {
    let size = get_frame_content_size(bytes).ok().flatten().filter(|size| *size <= MOST_BYTES);
    let size = size.and_then(|size| usize::try_from(size).ok()).ok_or_else(|| unreadable("damaged"))?;
    let id = get_dict_id_from_frame(bytes).ok_or_else(|| unreadable("packed by another version"))?;
    let dictionary = dictionary::of(conn, id)?;
    let mut json = Vec::with_capacity(size);
    UNPACKER
        .with_borrow_mut(|unpacker| unpacker.decompress_using_ddict(&mut json, bytes, dictionary.to_unpack()))
        .map_err(|code| unreadable(why(code)))?;
    Ok(json)
}

/// What zstd says of one of its error codes.
fn why(code: usize) -> std::io::Error {
    std::io::Error::other(zstd::zstd_safe::get_error_name(code))
}

fn unreadable(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, why.into())
}

#[cfg(test)]
mod tests {
    use super::{packed, unpacked};
    use crate::testing::conversation;

    #[test]
    fn what_was_packed_comes_back() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("../migrations/cache/0001_first.sql")).unwrap();
        let read = |bytes: &[u8]| {
            conn.query_row("SELECT ?1 AS value", [bytes], |row| {
                unpacked::<muster_model::Conversation>(&conn, row, "value")
            })
        };
        let one = conversation("a", 5);
        let bytes = packed(&conn, &one).unwrap();
        assert_eq!(read(&bytes).unwrap(), one);
        assert!(bytes.len() * 2 < serde_json::to_string(&one).unwrap().len());
        assert!(read(&bytes[..bytes.len() - 3]).is_err());
        assert!(read(&[]).is_err() && read(&[9, 9]).is_err());
        // A frame against a dictionary that nobody has.
        let mut foreign = bytes;
        foreign[5] ^= 0x55;
        assert!(read(&foreign).is_err());
    }
}
