//! A reply on a conversation's own channel: what the channel refuses, what is sent once only, what rides on it.

use std::collections::HashSet;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::apply::{Actor, check_status, event, write_status};
use super::files::{LeftOut, carried, hang};
use super::ids::{conversation_id, parse, tagged};
use super::inbound::preview_of;
use super::life::react;
use super::messages::{NewMessage, Receipt, insert_message, receipt_of, remember_receipt};
use super::outcome::{Invalid, Reason, Verdict};
use super::row::{Head, head_of, touch};
use super::runs::{AsItem, Item};
use super::timers::AUTO_RESOLVE;
use crate::clock::{MINUTE, Millis};

/// What holds for all replies of one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Riding {
    /// The status to set where the reply was sent.
    pub(crate) status: Option<String>,
    pub(crate) snoozed_until: Option<Millis>,
    /// A mass reply, and its name.
    pub(crate) mass: bool,
    pub(crate) name: Option<String>,
    /// Whether client references are looked at.
    pub(crate) once: bool,
    /// Conversations that take nothing new just now.
    pub(crate) busy: HashSet<String>,
    /// The seed of the customers who react, where the desk lives by itself.
    pub(crate) life: Option<u64>,
}

impl Riding {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        check_status("status", self.status.as_deref(), self.snoozed_until)
    }
}

/// One reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewReply<'a> {
    pub(crate) id: &'a str,
    pub(crate) text: &'a str,
    pub(crate) client_ref: Option<&'a str>,
    /// Ids of uploaded files.
    pub(crate) files: &'a [String],
    /// The text is one of the desk's WhatsApp templates, filled in.
    pub(crate) templated: bool,
}

/// What became of one reply.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sent {
    #[schema(example = "c-1042")]
    pub(crate) id: String,
    client_ref: Option<String>,
    pub(crate) outcome: Verdict,
    pub(crate) reason: Option<Reason>,
    pub(crate) message_id: Option<String>,
    at: Option<Millis>,
    /// The reference was sent before: this is the first receipt, nothing was sent again.
    duplicate: bool,
    /// What became of the status that rode on it, where one was asked for and the reply was sent.
    status: Option<StatusOutcome>,
    /// Files that the channel does not carry: the text went without them.
    left_out: Vec<LeftOut>,
    pub(crate) seq: Option<i64>,
}

/// What became of a status that rode on a reply.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct StatusOutcome {
    #[schema(example = "applied")]
    outcome: String,
    reason: Option<String>,
}

impl StatusOutcome {
    /// As receipts keep it.
    pub(crate) fn read(kept: &str) -> Option<Self> {
        serde_json::from_str(kept).ok()
    }
}

impl AsItem for Sent {
    fn item(&self) -> Item<'_> {
        Item { id: &self.id, outcome: self.outcome, reason: self.reason.as_ref() }
    }
}

impl Sent {
    fn not(reply: &NewReply<'_>, outcome: Verdict, reason: Reason, seq: Option<i64>) -> Self {
        Self {
            id: reply.id.to_owned(),
            client_ref: reply.client_ref.map(str::to_owned),
            outcome,
            reason: Some(reason),
            message_id: None,
            at: None,
            duplicate: false,
            status: None,
            left_out: Vec::new(),
            seq,
        }
    }

    fn yes(reply: &NewReply<'_>, receipt: &Receipt, left_out: Vec<LeftOut>, duplicate: bool) -> Self {
        Self {
            id: conversation_id(receipt.conversation),
            client_ref: reply.client_ref.map(str::to_owned),
            outcome: Verdict::Applied,
            reason: None,
            message_id: Some(tagged('m', receipt.message)),
            at: Some(receipt.at),
            duplicate,
            status: receipt.status.as_deref().and_then(StatusOutcome::read),
            left_out,
            seq: Some(receipt.seq),
        }
    }
}

/// The longest text that a channel takes, in characters.
pub(crate) const fn max_chars(channel: &[u8]) -> usize {
    match channel {
        b"email" => 100_000,
        b"sms" => 1_600,
        b"whatsapp" => 4_096,
        b"facebook" => 2_000,
        b"instagram" => 1_000,
        _ => 10_000,
    }
}

/// Sends one reply, or says why not.
pub(crate) fn send_reply(
    tx: &Connection,
    reply: &NewReply<'_>,
    riding: &Riding,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<Sent> {
    let Some(head) = parse('c', reply.id).map(|number| head_of(tx, number)).transpose()?.flatten() else {
        return Ok(Sent::not(reply, Verdict::Rejected, Reason::not_found(), None));
    };
    if riding.once
        && let Some(receipt) =
            reply.client_ref.map(|reference| receipt_of(tx, reference)).transpose()?.flatten()
    {
        return Ok(if receipt.conversation == head.id {
            Sent::yes(reply, &receipt, carried(tx, &head.channel, reply.files)?.1, true)
        } else {
            Sent::not(reply, Verdict::Rejected, Reason::ref_reused(), Some(head.seq))
        });
    }
    if riding.busy.contains(reply.id) {
        return Ok(Sent::not(reply, Verdict::Rejected, Reason::busy(), Some(head.seq)));
    }
    if let Some((verdict, reason)) = refusal(&head, reply, riding.mass, now) {
        let seq = match reason.code {
            "window_closed" => fail_on_thread(tx, &head, reply, &reason, by, now)?,
            _ => head.seq,
        };
        return Ok(Sent::not(reply, verdict, reason, Some(seq)));
    }

    let entry = NewMessage::plain(now, "message", "agent", &by.name, reply.text);
    let message = insert_message(
        tx,
        head.id,
        &NewMessage {
            handle: Some(&by.handle),
            client_ref: reply.client_ref,
            mass_reply: riding.mass,
            delivery: Some(delivery(&head, now)),
            ..entry
        },
    )?;
    let (files, left_out) = carried(tx, &head.channel, reply.files)?;
    for file in &files {
        hang(tx, message, *file)?;
    }
    tx.prepare_cached(
        "UPDATE conversations
            SET last_outbound = ?2, updated = MAX(updated, ?2), preview_text = ?3, preview_from = 'agent',
                message_count = message_count + 1, engagement = 'engaged', waiting_since = NULL,
                has_attachment = has_attachment OR ?4,
                resolve_at = CASE WHEN channel = 'email' AND status = 'active' THEN ?5 END
          WHERE id = ?1",
    )?
    .execute(params![
        head.id,
        now,
        preview_of(reply.text),
        !files.is_empty(),
        now.plus(AUTO_RESOLVE)
    ])?;
    if let (_, Some(reason)) = delivery(&head, now) {
        event(tx, head.id, &format!("Not delivered. {reason}"), None, now)?;
    } else if let Some(seed) = riding.life {
        react(tx, seed, &head, message, riding.mass, now)?;
    }
    if riding.mass {
        let text = match &riding.name {
            Some(name) => format!("Sent by {} as part of the mass reply “{name}”", by.name),
            None => format!("Sent by {} as part of a mass reply", by.name),
        };
        event(tx, head.id, &text, Some(by), now)?;
    }
    let mut status = None;
    if let Some(word) = riding.status.as_deref() {
        write_status(tx, &head, word, riding.snoozed_until, Some(by), now)?;
        status = Some(json!({ "outcome": Verdict::Applied, "reason": null }).to_string());
    }
    let seq = touch(tx, head.id, "message", Some("agent"), Some(&by.handle), now)?;
    let receipt = Receipt { conversation: head.id, message, at: now, seq, status };
    if let Some(reference) = reply.client_ref {
        remember_receipt(tx, reference, &receipt)?;
    }
    Ok(Sent::yes(reply, &receipt, left_out, false))
}

/// Why this conversation takes no such reply now.
fn refusal(head: &Head, reply: &NewReply<'_>, mass: bool, now: Millis) -> Option<(Verdict, Reason)> {
    let text = reply.text;
    let rejected = |reason| Some((Verdict::Rejected, reason));
    if head.channel == "voice" {
        return Some((Verdict::Skipped, Reason::new("voice", "Calls take no written reply.")));
    }
    if head.status == "archived" {
        return rejected(Reason::archived());
    }
    if let Some(into) = head.merged_into {
        return rejected(Reason::merged(into));
    }
    if mass && head.opted_out {
        let sentence = "The contact asked to get no mass replies.";
        return Some((Verdict::Skipped, Reason::new("opted_out", sentence)));
    }
    if reply.templated && head.channel != "whatsapp" {
        return rejected(Reason::new("no_templates", "Templates are for WhatsApp only."));
    }
    if text.trim().is_empty() {
        return rejected(Reason::empty_text());
    }
    let most = max_chars(head.channel.as_bytes());
    if text.chars().count() > most {
        return rejected(Reason::new("too_long", format!("This channel takes {most} characters.")));
    }
    let addressed = match head.channel.as_str() {
        "email" => head.email.is_some(),
        "sms" => head.phone.is_some(),
        _ => true,
    };
    if !addressed {
        return rejected(Reason::new("no_address", "The contact has no address on this channel."));
    }
    if !head.window_open(now) && !reply.templated {
        let channel = match head.channel.as_str() {
            "whatsapp" => "WhatsApp",
            "facebook" => "Facebook",
            _ => "Instagram",
        };
        let sentence = format!("{channel}: more than 24 hours since the customer’s last message.");
        return rejected(Reason::new("window_closed", sentence));
    }
    None
}

/// A closed window shows on the thread: once per reference, however often it is tried.
fn fail_on_thread(
    tx: &Connection,
    head: &Head,
    reply: &NewReply<'_>,
    reason: &Reason,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<i64> {
    let known: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM messages WHERE client_ref = ?1 AND conversation_id = ?2)",
        )?
        .query_row(params![reply.client_ref, head.id], |row| row.get(0))?;
    if known {
        return Ok(head.seq);
    }
    let text = format!("Not delivered. {}", reason.message);
    let entry = NewMessage::plain(now, "event", "system", &by.name, &text);
    insert_message(
        tx,
        head.id,
        &NewMessage {
            handle: Some(&by.handle),
            client_ref: reply.client_ref,
            delivery: Some(("failed", Some(&reason.message))),
            ..entry
        },
    )?;
    touch(tx, head.id, "event", None, Some(&by.handle), now)
}

/// How far a reply comes at once. A chat's visitor who left gets it on the next visit.
fn delivery(head: &Head, now: Millis) -> (&'static str, Option<&str>) {
    match (head.channel.as_str(), head.unreachable.as_deref()) {
        ("email", Some(reason)) => ("bounced", Some(reason)),
        ("sms", Some(reason)) => ("failed", Some(reason)),
        ("email" | "sms", None) => ("sent", None),
        ("chat", _) if head.last_inbound.is_none_or(|at| now.0 - at.0 > 30 * MINUTE) => ("queued", None),
        _ => ("delivered", None),
    }
}
