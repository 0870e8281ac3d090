//! The life of a desk: customers write, react to what they get, bounce and opt out; colleagues take conversations on and
//! answer. What happens follows from the seed, the clock and what is there: the same again leads to the same.

use rusqlite::{Connection, OptionalExtension, params};

use super::agenda::{Deed, plan};
use super::apply::{Actor, Change, apply_change};
use super::ids::conversation_id;
use super::inbound::customer_writes;
use super::outcome::Outcome;
use super::reply::{NewReply, Riding, send_reply};
use super::row::{Head, head_of};
use super::runs::{NewRun, note_run};
use crate::clock::{HOUR, MINUTE, Millis};
use crate::rng::Rng;
use crate::world;

const SECOND: i64 = 1_000;
/// Of the newest conversations, so many take part.
const STAGE: u64 = 60;
/// A colleague sweeps through several at once so often.
const SWEEP_EVERY: u64 = 30;

fn rng(seed: u64, salt: u64, number: u64) -> Rng {
    Rng::new(seed ^ salt ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Until the next thing happens.
pub(super) fn gap(seed: u64, number: u64) -> i64 {
    rng(seed, 0x6A9, number).between(3 * SECOND, 9 * SECOND)
}

/// Lets the next thing happen, and plans the one after it. Of a long absence only the last hour is lived through.
pub(super) fn next(
    tx: &Connection,
    seed: u64,
    number: u64,
    due: Millis,
    now: Millis,
) -> rusqlite::Result<()> {
    let due = due.max(now.minus(HOUR));
    let mut rng = rng(seed, 0x11FE, number);
    let draw = rng.below(20);
    match draw {
        _ if number % SWEEP_EVERY == SWEEP_EVERY - 1 => sweep(tx, &mut rng, due)?,
        // A customer comes first, so that whoever looks on sees one soon.
        0..=11 => customer(tx, &mut rng, due)?,
        _ if number == 0 => customer(tx, &mut rng, due)?,
        12..=15 => takes_on(tx, &mut rng, due)?,
        _ => answers(tx, seed, &mut rng, due)?,
    }
    plan(tx, due.plus(gap(seed, number + 1)), &Deed::Live { seed, number: number + 1 })
}

/// The id and language of one of the newest conversations of which something holds.
fn somebody(tx: &Connection, condition: &str, rng: &mut Rng) -> rusqlite::Result<Option<(Head, String)>> {
    let draw = (rng.next() % STAGE) as i64;
    let found = tx
        .prepare_cached(&format!(
            "SELECT c.id, COALESCE(json_extract(p.custom_fields, '$.language'), '')
               FROM conversations c JOIN contacts p ON p.id = c.contact_id
              WHERE c.deleted = 0 AND c.merged_into IS NULL AND p.blocked = 0 AND c.channel <> 'voice' AND {condition}
              ORDER BY c.updated DESC, c.id DESC LIMIT 1 OFFSET ?1"
        ))?
        .query_row([draw], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, language)) = found else { return Ok(None) };
    Ok(head_of(tx, id)?.map(|head| (head, language)))
}

fn customer(tx: &Connection, rng: &mut Rng, now: Millis) -> rusqlite::Result<()> {
    if let Some((head, language)) = somebody(tx, "c.status IN ('active', 'snoozed', 'done')", rng)? {
        customer_writes(tx, &head, world::follow_up(&language, rng.next()), now)?;
    }
    Ok(())
}

/// Anybody but the one whose key it is.
fn colleague(tx: &Connection, rng: &mut Rng) -> rusqlite::Result<Option<Actor>> {
    let agents: Vec<Actor> = tx
        .prepare_cached("SELECT handle, name FROM agents WHERE id > 1 ORDER BY id")?
        .query_map([], |row| Ok(Actor { handle: row.get(0)?, name: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(agents.get(rng.below(agents.len())).cloned())
}

fn takes_on(tx: &Connection, rng: &mut Rng, now: Millis) -> rusqlite::Result<()> {
    let Some(by) = colleague(tx, rng)? else { return Ok(()) };
    if let Some((head, _)) = somebody(tx, "c.status = 'active' AND c.agent IS NULL", rng)? {
        let change = Change { agent: Some(Some(by.handle.clone())), ..Change::default() };
        apply_change(tx, &conversation_id(head.id), &change, Some(&by), now)?;
    }
    Ok(())
}

fn answers(tx: &Connection, seed: u64, rng: &mut Rng, now: Millis) -> rusqlite::Result<()> {
    let theirs = "c.status = 'active' AND c.engagement = 'pending' AND c.agent IN (SELECT handle FROM agents WHERE id > 1)";
    let Some((head, language)) = somebody(tx, theirs, rng)? else { return Ok(()) };
    let by = tx
        .prepare_cached("SELECT handle, name FROM agents WHERE handle = ?1")?
        .query_row([&head.agent], |row| Ok(Actor { handle: row.get(0)?, name: row.get(1)? }))?;
    let id = conversation_id(head.id);
    let text = world::colleague_says(&language, rng.next());
    let reply = NewReply { id: &id, text, client_ref: None, files: &[], templated: false };
    send_reply(tx, &reply, &Riding { life: Some(seed), ..Riding::default() }, &by, now)?;
    Ok(())
}

/// A colleague tags several of the team at once.
fn sweep(tx: &Connection, rng: &mut Rng, now: Millis) -> rusqlite::Result<()> {
    let Some(by) = colleague(tx, rng)? else { return Ok(()) };
    let ids: Vec<i64> = tx
        .prepare_cached(
            "SELECT id FROM conversations WHERE deleted = 0 AND status = 'active' AND agent = ?1
              ORDER BY updated, id LIMIT ?2",
        )?
        .query_map(params![by.handle, rng.between(3, 8)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let change = Change { add_tags: vec!["needs-follow-up".to_owned()], ..Change::default() };
    let results: Vec<Outcome> = ids
        .iter()
        .map(|id| apply_change(tx, &conversation_id(*id), &change, Some(&by), now))
        .collect::<rusqlite::Result<_>>()?;
    let run = NewRun { kind: "change", client_ref: None, name: None, change: Some(&change), by: &by, now };
    note_run(tx, &run, &results)
}

/// What becomes of a message that went out: how far it comes, and what the customer makes of it.
pub(super) fn react(
    tx: &Connection,
    seed: u64,
    head: &Head,
    message: i64,
    mass: bool,
    now: Millis,
) -> rusqlite::Result<()> {
    let mut rng = rng(seed, 0xEC40, message.unsigned_abs());
    let deliver = |state: &str, reason: Option<&str>| Deed::Deliver {
        message,
        state: state.to_owned(),
        reason: reason.map(str::to_owned),
    };
    match head.channel.as_str() {
        "email" if rng.chance(0.03) => {
            let bounced = deliver("bounced", Some("550 5.1.1 The mailbox does not exist."));
            return plan(tx, now.plus(rng.between(5 * SECOND, 90 * SECOND)), &bounced);
        }
        "sms" if rng.chance(0.02) => {
            let failed = deliver("failed", Some("The number is not in use any more."));
            return plan(tx, now.plus(rng.between(SECOND, 20 * SECOND)), &failed);
        }
        "email" | "sms" => {
            plan(tx, now.plus(rng.between(SECOND, 8 * SECOND)), &deliver("delivered", None))?;
        }
        _ => {}
    }
    if head.channel != "sms" && rng.chance(0.4) {
        plan(tx, now.plus(rng.between(30 * SECOND, 40 * MINUTE)), &deliver("read", None))?;
    }
    let language: Option<String> = tx
        .prepare_cached("SELECT json_extract(custom_fields, '$.language') FROM contacts WHERE id = ?1")?
        .query_row([head.contact], |row| row.get(0))?;
    let language = language.unwrap_or_default();
    let conversation = head.id;
    if mass && rng.chance(0.015) {
        let text = if head.channel == "email" { "Please take me off this list." } else { "STOP" }.to_owned();
        return plan(tx, now.plus(rng.between(MINUTE, 30 * MINUTE)), &Deed::OptOut { conversation, text });
    }
    if rng.chance(if mass { 0.12 } else { 0.3 }) {
        let content = rng.chance(0.6);
        let draw = rng.next();
        let text = if content { world::thanks(&language, draw) } else { world::follow_up(&language, draw) };
        let write = Deed::Write { conversation, text: text.to_owned() };
        plan(tx, now.plus(rng.between(MINUTE, 3 * HOUR)), &write)?;
    }
    Ok(())
}
