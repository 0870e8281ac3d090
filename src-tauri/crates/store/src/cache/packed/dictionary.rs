//! Which dictionaries there are: the one that comes with Muster, and one of the account's own words.
//!
//! `common.dict` was trained by zstd on 3,000 conversations of the embedded help desk, in all of its languages: the frame
//! of the JSON, and how often which letters occur. What people write to *this* team – its products, its phrases, the
//! names of its agents – is learnt from its own conversations (`learn`), and stands in the cache itself, encrypted as
//! they are. A dictionary never changes; its number is made of its content, and every packed value has it.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rusqlite::{Connection, OptionalExtension, params};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CDict, DDict, get_dict_id_from_dict};

use super::unreadable;

const COMMON: &[u8] = include_bytes!("common.dict");
/// The next one saves a fiftieth and takes twice as long.
const LEVEL: i32 = 3;

/// A dictionary, ready for use.
pub(super) struct Dictionary {
    to_pack: LazyLock<EncoderDictionary<'static>, Box<dyn FnOnce() -> EncoderDictionary<'static> + Send>>,
    to_unpack: DecoderDictionary<'static>,
}

impl Dictionary {
    fn of(bytes: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self {
            to_unpack: DecoderDictionary::copy(bytes.as_ref()),
            // Takes a hundred times as long, and whoever only reads never needs it.
            to_pack: LazyLock::new(Box::new(move || EncoderDictionary::copy(bytes.as_ref(), LEVEL))),
        }
    }

    pub(super) fn to_pack(&self) -> &CDict<'static> {
        self.to_pack.as_cdict()
    }

    pub(super) fn to_unpack(&self) -> &DDict<'static> {
        self.to_unpack.as_ddict()
    }
}

static BUILT_IN: LazyLock<Arc<Dictionary>> = LazyLock::new(|| Arc::new(Dictionary::of(COMMON)));

/// Those of the databases that this process has read, by number.
static LEARNT: LazyLock<RwLock<HashMap<NonZeroU32, Arc<Dictionary>>>> = LazyLock::new(RwLock::default);

/// The dictionary to pack with.
pub(super) fn newest(conn: &Connection) -> rusqlite::Result<Arc<Dictionary>> {
    let newest: Option<u32> = conn
        .prepare_cached("SELECT id FROM dictionaries ORDER BY n DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    match newest.and_then(NonZeroU32::new) {
        Some(id) => of(conn, id),
        None => Ok(Arc::clone(&BUILT_IN)),
    }
}

/// The dictionary of this number.
pub(super) fn of(conn: &Connection, id: NonZeroU32) -> rusqlite::Result<Arc<Dictionary>> {
    if Some(id) == get_dict_id_from_dict(COMMON) {
        return Ok(Arc::clone(&BUILT_IN));
    }
    // A map that a panic left behind lacks some at most, and those are read again.
    if let Some(known) = LEARNT.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Ok(Arc::clone(known));
    }
    let bytes: Option<Vec<u8>> = conn
        .prepare_cached("SELECT bytes FROM dictionaries WHERE id = ?1")?
        .query_row(params![id.get()], |row| row.get(0))
        .optional()?;
    let bytes = bytes.filter(|bytes| get_dict_id_from_dict(bytes) == Some(id));
    let dictionary = Arc::new(Dictionary::of(bytes.ok_or_else(|| unreadable("its dictionary is missing"))?));
    LEARNT.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&dictionary));
    Ok(dictionary)
}
