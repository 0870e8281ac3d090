//! What Muster's cache is measured against: ordinary tables with an index on each column that filters ask about, FTS5
//! with a row per message, and the same encryption. Words are asked whole, which is the cheapest that FTS5 does.

use std::path::Path;

use muster_model::Thread;
use rusqlite::{Connection, params};

use crate::{KEY, ours::BATCH};

pub struct Plain {
    pub conn: Connection,
}

/// What is asked, in the words of SQL.
pub struct Question {
    pub from: &'static str,
    pub filter: String,
}

const SCHEMA: &str = "
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY, remote TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
    channel TEXT NOT NULL, status TEXT NOT NULL, priority INTEGER NOT NULL, agent TEXT, team TEXT,
    engagement TEXT NOT NULL, waiting INTEGER, created INTEGER NOT NULL, updated INTEGER NOT NULL,
    last_inbound INTEGER, preview TEXT NOT NULL, message_count INTEGER NOT NULL, has_attachment INTEGER NOT NULL,
    stamp INTEGER NOT NULL) STRICT;
CREATE INDEX c_channel ON conversations (channel);
CREATE INDEX c_status ON conversations (status);
CREATE INDEX c_priority ON conversations (priority);
CREATE INDEX c_agent ON conversations (agent);
CREATE INDEX c_team ON conversations (team);
CREATE INDEX c_created ON conversations (created);
CREATE INDEX c_updated ON conversations (updated);
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE conversation_tags (
    conversation INTEGER NOT NULL, tag INTEGER NOT NULL, PRIMARY KEY (conversation, tag)) STRICT;
CREATE INDEX ct_tag ON conversation_tags (tag);
CREATE TABLE followers (
    conversation INTEGER NOT NULL, agent TEXT NOT NULL, PRIMARY KEY (conversation, agent)) STRICT;
CREATE INDEX f_agent ON followers (agent);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, remote TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
    sender TEXT NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX m_conversation ON messages (conversation);
CREATE VIRTUAL TABLE texts USING fts5 (text, content = 'messages', content_rowid = 'id');
";

impl Plain {
    pub fn open(path: &Path) -> Self {
        let is_new = !path.exists();
        let conn = Connection::open(path).unwrap();
        let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
        conn.execute_batch(&format!(
            "PRAGMA key = \"x'{key}'\"; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
        ))
        .unwrap();
        conn.execute_batch("PRAGMA temp_store = MEMORY").unwrap();
        conn.set_prepared_statement_cache_capacity(128);
        if is_new {
            conn.execute_batch(SCHEMA).unwrap();
        }
        Self { conn }
    }

    /// One page of a sync, in one transaction.
    pub fn ingest(&mut self, threads: &[Thread]) {
        let tx = self.conn.transaction().unwrap();
        for thread in threads {
            let c = &thread.conversation;
            tx.prepare_cached(
                "INSERT INTO conversations (remote, subject, name, email, channel, status, priority, agent, team, engagement,
                   waiting, created, updated, last_inbound, preview, message_count, has_attachment, stamp)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            )
            .unwrap()
            .execute(params![
                c.id.as_str(), c.subject, c.contact.name, c.contact.email, c.channel.as_str(), c.status.as_str(),
                c.priority.rank(), c.assignee.agent.as_ref().map(|who| who.as_str()),
                c.assignee.team.as_ref().map(|who| who.as_str()), c.engagement.as_str(),
                c.waiting_since.map(|at| at.as_millisecond()), c.created.as_millisecond(), c.updated.as_millisecond(),
                c.last_inbound.map(|at| at.as_millisecond()), c.preview.as_ref().map(|preview| preview.text.as_str()),
                c.message_count, c.has_attachment, c.stamp,
            ])
            .unwrap();
            let row = tx.last_insert_rowid();
            for tag in &c.tags {
                tx.prepare_cached("INSERT OR IGNORE INTO tags (name) VALUES (?1)")
                    .unwrap()
                    .execute([tag])
                    .unwrap();
                tx.prepare_cached(
                    "INSERT INTO conversation_tags (conversation, tag) VALUES (?1, (SELECT id FROM tags WHERE name = ?2))",
                )
                .unwrap()
                .execute(params![row, tag])
                .unwrap();
            }
            for agent in &c.followers {
                tx.prepare_cached("INSERT INTO followers (conversation, agent) VALUES (?1, ?2)")
                    .unwrap()
                    .execute(params![row, agent.as_str()])
                    .unwrap();
            }
            for message in &thread.messages {
                tx.prepare_cached(
                    "INSERT INTO messages (conversation, remote, at, kind, sender, author, text)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )
                .unwrap()
                .execute(params![
                    row,
                    message.id.as_str(),
                    message.at.as_millisecond(),
                    message.kind.as_str(),
                    message.from.as_str(),
                    message.author,
                    message.text,
                ])
                .unwrap();
                tx.prepare_cached("INSERT INTO texts (rowid, text) VALUES (?1, ?2)")
                    .unwrap()
                    .execute(params![tx.last_insert_rowid(), message.text])
                    .unwrap();
            }
        }
        tx.commit().unwrap();
    }

    /// Removes the messages of so many conversations, those first that were updated least lately and are not active.
    pub fn remove_oldest(&mut self, conversations: usize) {
        let oldest: Vec<i64> = self
            .conn
            .prepare("SELECT id FROM conversations WHERE status <> 'active' ORDER BY updated LIMIT ?1")
            .unwrap()
            .query_map([i64::try_from(conversations).unwrap()], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for some in oldest.chunks(BATCH) {
            let tx = self.conn.transaction().unwrap();
            for conversation in some {
                tx.prepare_cached(
                    "INSERT INTO texts (texts, rowid, text)
                     SELECT 'delete', id, text FROM messages WHERE conversation = ?1",
                )
                .unwrap()
                .execute([conversation])
                .unwrap();
                tx.prepare_cached("DELETE FROM messages WHERE conversation = ?1")
                    .unwrap()
                    .execute([conversation])
                    .unwrap();
            }
            tx.commit().unwrap();
        }
    }

    /// The rows of a list, read as a window needs them.
    pub fn list(&self, question: &Question, limit: usize, skip: usize) -> usize {
        let sql = format!(
            "SELECT c.id, c.remote, c.subject, c.name, c.email, c.channel, c.status, c.priority, c.agent, c.team, c.engagement,
                    c.waiting, c.created, c.updated, c.last_inbound, c.preview, c.message_count, c.has_attachment, c.stamp
               FROM {} WHERE {} ORDER BY c.updated DESC, c.remote LIMIT {limit} OFFSET {skip}",
            question.from, question.filter
        );
        let mut statement = self.conn.prepare_cached(&sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        let (mut n, mut read) = (0, 0);
        while let Some(row) = rows.next().unwrap() {
            for column in 0..19 {
                // Everything is taken out of SQLite, as it would be to show it.
                read += match row.get::<_, rusqlite::types::Value>(column).unwrap() {
                    rusqlite::types::Value::Text(text) => text.len(),
                    _ => 1,
                };
            }
            n += 1;
        }
        assert!(n == 0 || read > 0);
        n
    }

    pub fn count(&self, question: &Question) -> u64 {
        let sql = format!("SELECT count(*) FROM {} WHERE {}", question.from, question.filter);
        let n: i64 = self.conn.prepare_cached(&sql).unwrap().query_row([], |row| row.get(0)).unwrap();
        n.unsigned_abs()
    }
}

pub fn question(filter: impl Into<String>) -> Question {
    Question { from: "conversations AS c", filter: filter.into() }
}

/// Conversations with a message that has all of these words.
pub fn with_words(words: &[&str]) -> String {
    format!(
        "c.id IN (SELECT m.conversation FROM texts JOIN messages AS m ON m.id = texts.rowid WHERE texts MATCH '{}')",
        words.join(" ")
    )
}

pub fn with_tag(tag: &str) -> String {
    format!(
        "c.id IN (SELECT conversation FROM conversation_tags WHERE tag = (SELECT id FROM tags WHERE name = '{tag}'))"
    )
}
