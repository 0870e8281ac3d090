//! Files: the bytes once each, hung on as many messages as carry them. One that was uploaded waits for a reply or a note
//! to name it.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::ids::{parse, tagged};
use super::outcome::{Invalid, Reason};

/// A file that hangs on a message, or was uploaded for one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Attachment {
    #[schema(example = "f-3")]
    pub(crate) id: String,
    #[schema(example = "statement-20-may.png")]
    pub(super) name: String,
    #[schema(example = "image/png")]
    pub(super) mime: String,
    /// In bytes.
    #[schema(example = 319488)]
    pub(super) size: i64,
}

/// A file that a reply left behind, and why: `no_files`, `file_too_large`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LeftOut {
    pub(super) id: String,
    pub(super) reason: Reason,
}

/// A file: name, media type, bytes.
pub(crate) fn attachment(tx: &Connection, id: i64) -> rusqlite::Result<Option<(String, String, Vec<u8>)>> {
    tx.query_row(
        "SELECT a.name, a.mime, f.bytes FROM attachments a JOIN files f ON f.id = a.file_id WHERE a.id = ?1",
        [id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
    .optional()
}

/// Keeps bytes and hangs them on a message, or on none yet. The same bytes are kept once.
pub(super) fn insert_file(
    tx: &Connection,
    message: Option<i64>,
    name: &str,
    mime: &str,
    bytes: &[u8],
) -> rusqlite::Result<i64> {
    let hash = Sha256::digest(bytes);
    tx.prepare_cached("INSERT INTO files (sha256, bytes) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING")?
        .execute(params![hash.as_slice(), bytes])?;
    tx.prepare_cached(
        "INSERT INTO attachments (message_id, name, mime, file_id)
         SELECT ?1, ?2, ?3, id FROM files WHERE sha256 = ?4",
    )?
    .execute(params![message, name, mime, hash.as_slice()])?;
    Ok(tx.last_insert_rowid())
}

/// Takes a file for replies and notes to name. The same bytes under the same name are the same upload.
pub(crate) fn upload(tx: &Connection, name: &str, mime: &str, bytes: &[u8]) -> rusqlite::Result<Attachment> {
    let hash = Sha256::digest(bytes);
    let known = tx
        .query_row(
            "SELECT a.id FROM attachments a JOIN files f ON f.id = a.file_id
              WHERE a.message_id IS NULL AND f.sha256 = ?1 AND a.name = ?2 AND a.mime = ?3",
            params![hash.as_slice(), name, mime],
            |row| row.get(0),
        )
        .optional()?;
    let id = match known {
        Some(id) => id,
        None => insert_file(tx, None, name, mime, bytes)?,
    };
    Ok(Attachment {
        id: tagged('f', id),
        name: name.to_owned(),
        mime: mime.to_owned(),
        size: bytes.len() as i64,
    })
}

/// Whether every id is one of an uploaded file.
pub(crate) fn check_files<'a>(
    tx: &Connection,
    ids: impl Iterator<Item = &'a String>,
    field: &'static str,
) -> rusqlite::Result<Result<(), Invalid>> {
    for id in ids {
        if size_of(tx, id)?.is_none() {
            let message = format!("There is no uploaded file {id}.");
            return Ok(Err(Invalid { code: "unknown_file", message, field }));
        }
    }
    Ok(Ok(()))
}

/// Parts files into those that the channel carries and those that it does not.
pub(super) fn carried(
    tx: &Connection,
    channel: &str,
    ids: &[String],
) -> rusqlite::Result<(Vec<i64>, Vec<LeftOut>)> {
    let (mut carried, mut left_out) = (Vec::new(), Vec::new());
    for id in ids {
        let size = size_of(tx, id)?.unwrap_or_default();
        let most = max_file_bytes(channel.as_bytes());
        let reason = match most {
            0 => Some(Reason::new("no_files", "This channel carries no files.")),
            most if size > most as i64 => {
                let sentence = format!("This channel carries files of up to {} MB.", most >> 20);
                Some(Reason::new("file_too_large", sentence))
            }
            _ => None,
        };
        match (reason, parse('f', id)) {
            (Some(reason), _) => left_out.push(LeftOut { id: id.clone(), reason }),
            (None, Some(number)) => carried.push(number),
            (None, None) => {}
        }
    }
    Ok((carried, left_out))
}

/// Hangs an uploaded file on a message.
pub(super) fn hang(tx: &Connection, message: i64, upload: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO attachments (message_id, name, mime, file_id)
         SELECT ?1, name, mime, file_id FROM attachments WHERE id = ?2",
    )?
    .execute([message, upload])?;
    Ok(())
}

/// The largest file that a channel carries, in bytes; none for a channel without files.
pub(crate) const fn max_file_bytes(channel: &[u8]) -> usize {
    match channel {
        b"email" => 25 << 20,
        b"sms" | b"voice" => 0,
        b"whatsapp" => 16 << 20,
        b"instagram" => 8 << 20,
        _ => 10 << 20,
    }
}

fn size_of(tx: &Connection, id: &str) -> rusqlite::Result<Option<i64>> {
    let Some(number) = parse('f', id) else { return Ok(None) };
    tx.prepare_cached(
        "SELECT length(f.bytes) FROM attachments a JOIN files f ON f.id = a.file_id
          WHERE a.id = ?1 AND a.message_id IS NULL",
    )?
    .query_row([number], |row| row.get(0))
    .optional()
}
