//! What is being written: one draft per conversation and kind, every save a version.
//!
//! A save is durable when it returns, and nothing is taken away by ending a draft: what was sent, discarded or replaced
//! stays as a version. The job that sends it ends it. Of each draft the last 50 versions stay, and of everything before them the last of every minute.

use jiff::Timestamp;
use muster_model::{Action, FileRef, JobId, RemoteId};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::{Journal, NewJob};
use crate::{
    Result,
    column::{instant, json, ms, to_json},
};

/// So many versions stay whatever their age.
const KEPT: u32 = 50;
/// A save of what was just sent that comes so late was on its way before: it does not begin the draft anew.
const LATE: i64 = 10_000;

/// Whom a draft is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DraftKind {
    /// The customer.
    Reply,
    /// The team.
    Note,
}

impl DraftKind {
    /// The word in SQL, JSON and the UI.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Reply, Self::Note].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What had been said in a conversation when a draft was begun, in UTC milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DraftBase {
    /// The customer's last message.
    pub inbound: Option<i64>,
    /// The last answer to the customer.
    pub outbound: Option<i64>,
}

/// A draft to be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDraft {
    /// The conversation.
    pub id: RemoteId,
    /// Whom it is for.
    pub kind: DraftKind,
    /// The text, with merge tags.
    pub text: String,
    /// What goes with it.
    pub files: Vec<FileRef>,
    /// What had been said by now. A draft that goes on keeps the base that it was begun with.
    pub based_on: DraftBase,
}

/// One version of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// The conversation.
    pub id: RemoteId,
    /// Whom it is for.
    pub kind: DraftKind,
    /// The text, with merge tags.
    pub text: String,
    /// What goes with it.
    pub files: Vec<FileRef>,
    /// Rises with every save.
    pub version: u32,
    /// When it was saved.
    pub saved: Timestamp,
    /// What had been said when it was begun.
    pub based_on: DraftBase,
}

impl Journal {
    /// Saves what is being written, and gives the draft as it is now. What is as it was makes no version. Nothing
    /// written and nothing attached ends the draft.
    pub fn save_draft(&self, draft: &NewDraft, now: Timestamp) -> Result<Option<DraftRow>> {
        self.db.write(|tx| {
            if draft.text.trim().is_empty() && draft.files.is_empty() {
                close(tx, &draft.id, draft.kind)?;
                return Ok(None);
            }
            let open = open_draft(tx, &draft.id, draft.kind)?;
            if let Some(open) = &open
                && open.text == draft.text
                && open.files == draft.files
            {
                return Ok(Some(open.clone()));
            }
            if open.is_none() && was_just_sent(tx, draft, now)? {
                return Ok(None);
            }
            let based_on = open.map_or(draft.based_on, |open| open.based_on);
            insert(tx, &NewDraft { based_on, ..draft.clone() }, now)?;
            Ok(open_draft(tx, &draft.id, draft.kind)?)
        })
    }

    /// What is being written in a conversation.
    pub fn draft(&self, id: &RemoteId, kind: DraftKind) -> Result<Option<DraftRow>> {
        self.db.read(|tx| Ok(open_draft(tx, id, kind)?))
    }

    /// Everything that is being written, the last one first.
    pub fn drafts(&self) -> Result<Vec<DraftRow>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT id, kind, text, files, version, saved, inbound, outbound FROM drafts
                  WHERE is_open = 1 ORDER BY saved DESC, row DESC",
            )?;
            let drafts = statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
            Ok(drafts)
        })
    }

    /// Every version that is kept of what was ever written in a conversation, newest first; ended ones too.
    pub fn draft_versions(&self, id: &RemoteId, kind: DraftKind) -> Result<Vec<DraftRow>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT id, kind, text, files, version, saved, inbound, outbound FROM drafts
                  WHERE id = ?1 AND kind = ?2 ORDER BY version DESC",
            )?;
            let rows = statement.query_map(params![id.as_str(), kind.as_str()], read)?;
            let versions = rows.collect::<rusqlite::Result<_>>()?;
            Ok(versions)
        })
    }

    /// Makes a single reply or note that was taken back a draft again, text and files as they were typed, and gives it.
    /// What was begun in its place meanwhile stays as a version. None for anything but a reply to one conversation, or a
    /// note on one.
    pub fn draft_from_job(&self, job: JobId, now: Timestamp) -> Result<Option<DraftRow>> {
        let Some(row) = self.job(job)? else { return Ok(None) };
        let (kind, text, files) = match row.action {
            // An approved text was chosen, not written.
            Some(Action::Reply { text, files, mass: false, approved: None, .. }) => {
                (DraftKind::Reply, text, files)
            }
            Some(Action::Note { text, files, .. }) => (DraftKind::Note, text, files),
            _ => return Ok(None),
        };
        let mut audience = self.job_audience(job)?;
        let (Some(item), true) = (audience.pop(), audience.is_empty()) else { return Ok(None) };
        let based_on = DraftBase { inbound: item.last_inbound, outbound: item.last_outbound };
        let draft = NewDraft { id: item.id, kind, text, files, based_on };
        self.db.write(|tx| {
            insert(tx, &draft, now)?;
            Ok(open_draft(tx, &draft.id, draft.kind)?)
        })
    }
}

fn open_draft(conn: &Connection, id: &RemoteId, kind: DraftKind) -> rusqlite::Result<Option<DraftRow>> {
    conn.prepare_cached(
        "SELECT id, kind, text, files, version, saved, inbound, outbound FROM drafts
          WHERE id = ?1 AND kind = ?2 AND is_open = 1",
    )?
    .query_row(params![id.as_str(), kind.as_str()], read)
    .optional()
}

/// Ends the draft that a job sends: in the same transaction, so that it is one or the other whenever the process dies.
pub(super) fn end(conn: &Connection, job: &NewJob) -> Result<()> {
    let (kind, text) = match &job.action {
        Action::Reply { text, mass: false, .. } => (DraftKind::Reply, text),
        Action::Note { text, .. } => (DraftKind::Note, text),
        _ => return Ok(()),
    };
    if let [item] = job.audience.as_slice() {
        conn.prepare_cached(
            "UPDATE drafts SET is_open = 0, sent = ?4
              WHERE id = ?1 AND kind = ?2 AND is_open = 1 AND text = ?3",
        )?
        .execute(params![item.id.as_str(), kind.as_str(), text, ms(job.created)])?;
    }
    Ok(())
}

fn was_just_sent(conn: &Connection, draft: &NewDraft, now: Timestamp) -> Result<bool> {
    let sent = conn
        .prepare_cached(
            "SELECT text, files, sent FROM drafts WHERE id = ?1 AND kind = ?2 ORDER BY version DESC LIMIT 1",
        )?
        .query_row(params![draft.id.as_str(), draft.kind.as_str()], |row| {
            let same = row.get::<_, String>("text")? == draft.text
                && json::<Vec<FileRef>>(row, "files")? == draft.files;
            Ok(row.get::<_, Option<i64>>("sent")?.filter(|_| same))
        })
        .optional()?
        .flatten();
    Ok(sent.is_some_and(|sent| ms(now) - sent < LATE))
}

fn close(conn: &Connection, id: &RemoteId, kind: DraftKind) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE drafts SET is_open = 0 WHERE id = ?1 AND kind = ?2 AND is_open = 1")?
        .execute(params![id.as_str(), kind.as_str()])?;
    Ok(())
}

/// The next version, in place of the one that was open, and without those that are not kept any more.
fn insert(conn: &Connection, draft: &NewDraft, now: Timestamp) -> Result<()> {
    close(conn, &draft.id, draft.kind)?;
    let version: u32 = conn
        .prepare_cached("SELECT COALESCE(MAX(version), 0) + 1 FROM drafts WHERE id = ?1 AND kind = ?2")?
        .query_row(params![draft.id.as_str(), draft.kind.as_str()], |row| row.get(0))?;
    conn.prepare_cached(
        "INSERT INTO drafts (id, kind, version, text, files, saved, inbound, outbound, is_open)
         VALUES (:id, :kind, :version, :text, :files, :saved, :inbound, :outbound, 1)",
    )?
    .execute(named_params! {
        ":id": draft.id.as_str(),
        ":kind": draft.kind.as_str(),
        ":version": version,
        ":text": draft.text,
        ":files": to_json(&draft.files)?,
        ":saved": ms(now),
        ":inbound": draft.based_on.inbound,
        ":outbound": draft.based_on.outbound,
    })?;
    conn.prepare_cached(
        "DELETE FROM drafts
          WHERE id = ?1 AND kind = ?2 AND version <= ?3
            AND EXISTS (SELECT 1 FROM drafts AS next
                         WHERE next.id = drafts.id AND next.kind = drafts.kind
                           AND next.version = drafts.version + 1
                           AND next.saved / 60000 = drafts.saved / 60000)",
    )?
    .execute(params![draft.id.as_str(), draft.kind.as_str(), version.saturating_sub(KEPT)])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<DraftRow> {
    let kind: String = row.get("kind")?;
    Ok(DraftRow {
        id: RemoteId::new(row.get::<_, String>("id")?),
        // Only words of `DraftKind` are ever written.
        kind: DraftKind::of(&kind).unwrap_or(DraftKind::Note),
        text: row.get("text")?,
        files: json(row, "files")?,
        version: row.get("version")?,
        saved: instant(row, "saved")?,
        based_on: DraftBase { inbound: row.get("inbound")?, outbound: row.get("outbound")? },
    })
}
