//! What changed. Fernand has no feed of changes: its list is read from the newest message down until everything is
//! known, and, because a status moves nothing in that list, everything is walked through again slowly beside it.

use serde::{Deserialize, Serialize};

use super::budget::Turn;
use super::client::Fernand;
use super::{map, wire};
use crate::{Cursor, Delta, Page, ReadError};

/// Rows in one page: the most that Fernand gives.
const PAGE: &str = "250";
/// So many pages are read again when a process begins, whatever they show: what moved nothing in the list while nobody
/// looked is most likely among the newest.
const AT_START: u64 = 4;
/// The parts of the slow walk, by the documented search operator. A server that does not know it answers with
/// everything, which is as well.
const PARTS: [&str; 4] = ["status:opened", "status:snoozed", "status:closed", "status:spam"];
/// Every so many calls one page of the slow walk.
const EVERY: u64 = 2;
/// Conversations that are asked for one by one in one call.
const ASKED: usize = 3;

/// A place in the changes, as it is kept with the rows that it covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// Milliseconds: everything that came in up to here is known.
    high: i64,
    /// The highest stamp that was given out.
    stamp: i64,
    /// On the way down the list: how far, and what will be known at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    down: Option<Down>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Down {
    cursor: String,
    high: i64,
    /// This is the first walk through everything.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    first: bool,
}

impl Place {
    fn parse(cursor: &Cursor) -> Option<Self> {
        serde_json::from_str(cursor.0.strip_prefix("fernand:")?).ok()
    }

    fn print(&self) -> Cursor {
        // Numbers and text: they can always be written.
        Cursor(format!("fernand:{}", serde_json::to_string(self).unwrap_or_default()))
    }
}

pub(super) async fn changes(desk: &Fernand, since: Option<&Cursor>) -> Result<Page, ReadError> {
    let is_first = since.is_none();
    let mut place = match since {
        None => Place::default(),
        Some(cursor) => Place::parse(cursor)
            .ok_or_else(|| ReadError::NotFound { what: "the place where reading stopped".to_owned() })?,
    };
    desk.memory.begin_above(place.stamp);
    let turn = desk.may_read(1).await?;
    let down = place.down.take();
    let first = is_first || down.as_ref().is_some_and(|down| down.first);
    let cursor = down.as_ref().map(|down| down.cursor.clone());
    let page = list(&turn, cursor.as_deref(), None).await?;
    let instant = |row: &wire::Conversation| row.last_update.map(|at| at.as_millisecond());
    // What comes in during a walk stands above where it began, and is left to the next.
    let known_high = match down {
        Some(down) => down.high,
        None => {
            page.data.iter().filter_map(instant).max().map_or(place.high, |newest| newest.max(place.high))
        }
    };
    let reached = page.data.last().is_none_or(|last| instant(last).unwrap_or(i64::MIN) <= place.high);
    // A cursor that leads back to where we are leads nowhere.
    let next =
        page.cursor.filter(|next| !next.is_empty() && Some(next) != cursor.as_ref() && !page.data.is_empty());
    let calls = {
        let mut known = desk.memory.known();
        known.sweep.calls += 1;
        known.sweep.calls
    };
    let mut changed = news(desk, &turn, page.data, first).await?;
    let mut gone = Vec::new();
    let more = match next {
        Some(cursor) if first || !reached || calls <= AT_START => {
            place.down = Some(Down { cursor, high: known_high, first });
            true
        }
        _ => {
            place.high = place.high.max(known_high);
            if !first {
                (changed, gone) = beside(desk, &turn, calls, changed).await?;
            }
            false
        }
    };
    drop(turn);
    let mut deltas = sketches(desk, &changed, !more);
    deltas.extend(gone.into_iter().map(|id| Delta::Gone(id.to_string().into())));
    if !deltas.is_empty() {
        place.stamp = desk.memory.known().highest();
    }
    Ok(Page { deltas, next: place.print(), more, backfilling: first && more, total: None })
}

async fn list(
    turn: &Turn<'_>,
    cursor: Option<&str>,
    query: Option<&str>,
) -> Result<wire::ConversationPage, ReadError> {
    let mut request = turn.get(&["conversations"]).query(&[("order", "newest"), ("limit", PAGE)]);
    if let Some(query) = query {
        request = request.query(&[("query", query)]);
    }
    if let Some(cursor) = cursor {
        request = request.query(&[("cursor", cursor)]);
    }
    turn.read(request, "the list of conversations").await
}

/// Rows that are not as they were known; in the first walk all of them.
async fn news(
    desk: &Fernand,
    turn: &Turn<'_>,
    rows: Vec<wire::Conversation>,
    all: bool,
) -> Result<Vec<wire::Conversation>, ReadError> {
    desk.read_strangers(turn, &rows).await?;
    let mut known = desk.memory.known();
    let is_news = |row: &wire::Conversation| {
        known.sweep.seen.insert(row.id);
        // Kept either way.
        known.keep_row(row) || all
    };
    let mut is_news = is_news;
    Ok(rows.into_iter().filter(|row| is_news(row)).collect())
}

/// What goes on slowly beside the list, as far as there are reads to spare.
async fn beside(
    desk: &Fernand,
    turn: &Turn<'_>,
    calls: u64,
    mut changed: Vec<wire::Conversation>,
) -> Result<(Vec<wire::Conversation>, Vec<i64>), ReadError> {
    let mut gone = Vec::new();
    let spare = || turn.rate().is_none_or(|rate| rate.remaining > rate.limit / 2);
    if calls.is_multiple_of(EVERY) && spare() {
        let (part, cursor) = {
            let known = desk.memory.known();
            (known.sweep.part, known.sweep.cursor.clone())
        };
        let page = list(turn, cursor.as_deref(), PARTS.get(part).copied()).await?;
        let is_over =
            page.data.is_empty() || page.cursor.as_ref().is_none_or(|next| Some(next) == cursor.as_ref());
        changed.extend(news(desk, turn, page.data, false).await?);
        let mut known = desk.memory.known();
        let sweep = &mut known.sweep;
        sweep.cursor = page.cursor.filter(|_| !is_over);
        if is_over {
            sweep.part = (part + 1) % PARTS.len();
        }
        if is_over && part + 1 == PARTS.len() {
            // A whole round: what it did not show is asked for by itself before it counts as gone.
            let seen = std::mem::take(&mut sweep.seen);
            let missing: Vec<i64> = known.rows.keys().filter(|id| !seen.contains(id)).copied().collect();
            known.sweep.missing = missing;
        }
    }
    for _ in 0..ASKED {
        if !spare() {
            break;
        }
        let Some(id) = desk.memory.known().sweep.missing.pop() else { break };
        match desk.read_row(turn, id).await {
            Ok(row) => changed.extend(news(desk, turn, vec![row], false).await?),
            Err(ReadError::NotFound { .. }) => {
                desk.memory.known().rows.remove(&id);
                gone.push(id);
            }
            Err(err) => return Err(err),
        }
    }
    Ok((changed, gone))
}

/// Changed rows as the model has them; at the end of a walk also those that our own writes changed.
fn sketches(desk: &Fernand, changed: &[wire::Conversation], with_fresh: bool) -> Vec<Delta> {
    if changed.is_empty() && (!with_fresh || desk.memory.known().fresh.is_empty()) {
        return Vec::new();
    }
    let stamp = desk.memory.stamp();
    let mut known = desk.memory.known();
    let fresh = if with_fresh { std::mem::take(&mut known.fresh) } else { std::collections::BTreeMap::new() };
    let own = fresh.keys().filter(|id| !changed.iter().any(|row| row.id == **id));
    let own = own.filter_map(|id| known.rows.get(id));
    let rows = changed.iter().chain(own);
    rows.map(|row| Delta::Sketch(Box::new(map::sketch(row, &known, stamp)))).collect()
}
