//! What the desk itself says about a segment: how many, and which.

use rusqlite::{Connection, named_params};

use super::row::{Row, SELECT};
use crate::clock::{DAY, Millis};

/// Which conversations. Everything that is set must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segment {
    pub(crate) status: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) tags: Vec<String>,
    /// A handle, or `none`.
    pub(crate) agent: Option<String>,
    /// A handle, or `none`.
    pub(crate) team: Option<String>,
    pub(crate) follower: Option<String>,
    /// `open` or `closed`.
    pub(crate) window: Option<String>,
    pub(crate) after: Option<i64>,
    pub(crate) limit: usize,
}

const WHERE: &str = "
     WHERE c.deleted = 0
       AND (:status IS NULL OR c.status = :status)
       AND (:channel IS NULL OR c.channel = :channel)
       AND (:agent IS NULL OR COALESCE(c.agent, 'none') = :agent)
       AND (:team IS NULL OR COALESCE(c.team, 'none') = :team)
       AND (:follower IS NULL
            OR EXISTS (SELECT 1 FROM followers f WHERE f.conversation_id = c.id AND f.agent = :follower))
       AND NOT EXISTS (SELECT 1 FROM json_each(:tags) wanted
                        WHERE NOT EXISTS (SELECT 1 FROM conversation_tags t
                                           WHERE t.conversation_id = c.id AND t.tag = wanted.value))
       AND (:window IS NULL OR c.channel <> 'voice' AND :window =
            CASE WHEN c.channel IN ('whatsapp', 'facebook', 'instagram')
                      AND (c.last_inbound IS NULL OR c.last_inbound <= :day_ago) THEN 'closed' ELSE 'open' END)";

/// How many, and the newest of them.
pub(crate) fn segment(tx: &Connection, segment: &Segment, now: Millis) -> rusqlite::Result<(i64, Vec<Row>)> {
    let tags = serde_json::Value::from(segment.tags.clone()).to_string();
    let day_ago = now.minus(DAY);
    let count = tx
        .prepare_cached(&format!("SELECT COUNT(*) FROM conversations c {WHERE}"))?
        .query_row(
            named_params! {
                ":status": segment.status, ":channel": segment.channel, ":agent": segment.agent, ":team": segment.team,
                ":follower": segment.follower, ":tags": tags, ":window": segment.window, ":day_ago": day_ago,
            },
            |row| row.get(0),
        )?;
    if segment.limit == 0 {
        return Ok((count, Vec::new()));
    }
    let rows = tx
        .prepare_cached(&format!(
            "{SELECT} {WHERE}
               AND (:after IS NULL OR (c.updated, c.id) < (SELECT updated, id FROM conversations WHERE id = :after))
             ORDER BY c.updated DESC, c.id DESC LIMIT :limit"
        ))?
        .query_map(
            named_params! {
                ":status": segment.status, ":channel": segment.channel, ":agent": segment.agent, ":team": segment.team,
                ":follower": segment.follower, ":tags": tags, ":window": segment.window, ":day_ago": day_ago,
                ":after": segment.after, ":limit": segment.limit as i64,
            },
            |row| Row::read(row, now),
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok((count, rows))
}
