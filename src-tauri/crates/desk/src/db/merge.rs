//! Merging: several conversations of one contact become one. It cannot be taken back.

use rusqlite::{Connection, params};

use super::apply::{Actor, event, write_status};
use super::ids::{conversation_id, parse};
use super::links::link;
use super::outcome::Invalid;
use super::row::{Head, head_of, touch};
use crate::clock::Millis;

/// Looks up what is to be merged, and whether it may.
pub(crate) fn check_merge(
    tx: &Connection,
    primary: &Head,
    secondaries: &[String],
) -> rusqlite::Result<Result<Vec<Head>, Invalid>> {
    let refuse = |code, message: String| Ok(Err(Invalid { code, message, field: "secondaries" }));
    if secondaries.is_empty() {
        return refuse("invalid", "Name the conversations that are merged into this one.".to_owned());
    }
    let mut heads: Vec<Head> = Vec::with_capacity(secondaries.len());
    for id in secondaries {
        let Some(head) = parse('c', id).map(|id| head_of(tx, id)).transpose()?.flatten() else {
            return refuse("unknown_conversation", format!("There is no conversation {id}."));
        };
        if head.id == primary.id || heads.iter().any(|other| other.id == head.id) {
            return refuse("invalid", format!("{id} is named twice."));
        }
        if head.contact != primary.contact {
            return refuse("other_contact", format!("{id} is of another contact."));
        }
        heads.push(head);
    }
    for head in std::iter::once(primary).chain(&heads) {
        if let Some(into) = head.merged_into {
            let (id, into) = (conversation_id(head.id), conversation_id(into));
            return refuse("already_merged", format!("{id} was merged into {into} before."));
        }
        if head.status == "archived" {
            return refuse("archived", format!("{} is archived.", conversation_id(head.id)));
        }
    }
    Ok(Ok(heads))
}

/// Merges. The messages stand in the order of their times, tags and followers are those of all, and the merged ones are
/// done and say where their messages went.
pub(crate) fn merge(
    tx: &Connection,
    primary: &Head,
    secondaries: &[Head],
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<i64> {
    for secondary in secondaries {
        take_over(tx, primary.id, secondary.id)?;
        link(tx, primary.id, secondary.id, "merged")?;
        write_status(tx, secondary, "done", None, Some(by), now)?;
        tx.execute(
            "UPDATE conversations
                SET merged_into = ?2, message_count = 0, preview_text = NULL, preview_from = NULL, waiting_since = NULL,
                    has_attachment = 0
              WHERE id = ?1",
            [secondary.id, primary.id],
        )?;
        event(tx, secondary.id, &format!("Merged into {}", conversation_id(primary.id)), Some(by), now)?;
        touch(tx, secondary.id, "status", None, Some(&by.handle), now)?;
    }
    recount(tx, primary.id, now)?;
    let ids: Vec<String> = secondaries.iter().map(|secondary| conversation_id(secondary.id)).collect();
    event(tx, primary.id, &format!("Merged {} into this conversation", ids.join(", ")), Some(by), now)?;
    // What was open in one of them is still open.
    if primary.status == "done" && secondaries.iter().any(|secondary| secondary.status == "active") {
        write_status(tx, primary, "active", None, Some(by), now)?;
    }
    touch(tx, primary.id, "event", None, Some(&by.handle), now)
}

/// Moves everything that hangs on one conversation to another.
fn take_over(tx: &Connection, primary: i64, secondary: i64) -> rusqlite::Result<()> {
    for statement in [
        "UPDATE messages SET conversation_id = ?1 WHERE conversation_id = ?2",
        "INSERT INTO conversation_tags (conversation_id, tag)
         SELECT ?1, tag FROM conversation_tags WHERE conversation_id = ?2 ON CONFLICT DO NOTHING",
        "INSERT INTO followers (conversation_id, agent)
         SELECT ?1, agent FROM followers WHERE conversation_id = ?2 ON CONFLICT DO NOTHING",
        "UPDATE OR IGNORE ticket_conversations SET conversation_id = ?1 WHERE conversation_id = ?2",
        // No draft is lost: two of one agent stand below each other.
        "INSERT INTO drafts (conversation_id, agent, text, updated)
         SELECT ?1, agent, text, updated FROM drafts WHERE conversation_id = ?2
         ON CONFLICT (conversation_id, agent)
         DO UPDATE SET text = text || char(10, 10) || excluded.text, updated = MAX(updated, excluded.updated)",
        "DELETE FROM drafts WHERE conversation_id = ?2 AND ?1 <> ?2",
        "DELETE FROM read_marks WHERE conversation_id = ?2 AND ?1 <> ?2",
        "UPDATE conversations SET merged_into = ?1 WHERE merged_into = ?2",
    ] {
        tx.prepare_cached(statement)?.execute([primary, secondary])?;
    }
    Ok(())
}

/// Derives a conversation's own columns from its messages.
fn recount(tx: &Connection, id: i64, now: Millis) -> rusqlite::Result<()> {
    tx.execute(
        "WITH visible AS (SELECT id, at, side, text FROM messages WHERE conversation_id = ?1 AND kind = 'message'),
              spoken AS (SELECT at, side, text FROM visible WHERE side <> 'system' ORDER BY at DESC, id DESC LIMIT 1)
         UPDATE conversations
            SET message_count = (SELECT COUNT(*) FROM visible),
                last_inbound = (SELECT MAX(at) FROM visible WHERE side = 'customer'),
                last_outbound = (SELECT MAX(at) FROM visible WHERE side = 'agent'),
                preview_text = (SELECT substr(replace(text, char(10), ' '), 1, 200) FROM spoken),
                preview_from = (SELECT side FROM spoken),
                engagement = COALESCE((SELECT CASE side WHEN 'customer' THEN 'pending' ELSE 'engaged' END FROM spoken),
                                      engagement),
                has_attachment = EXISTS (SELECT 1 FROM attachments a JOIN visible v ON v.id = a.message_id),
                updated = MAX(updated, ?2), resolve_at = NULL
          WHERE id = ?1",
        params![id, now],
    )?;
    tx.execute(
        "UPDATE conversations
            SET waiting_since = CASE engagement WHEN 'pending' THEN
                (SELECT MIN(at) FROM messages
                  WHERE conversation_id = ?1 AND kind = 'message' AND side = 'customer'
                    AND at > COALESCE(conversations.last_outbound, 0)) END
          WHERE id = ?1",
        [id],
    )?;
    Ok(())
}
