//! What the benches of large jobs have in common: which measures are wanted, how a measure is printed, and a plain job.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use muster_model::{
    Action, AudienceItem, Change, Conversation, Handle, JobId, JobState, Sending, StatusChange,
};
use muster_store::{NewJob, Recipients};
use serde_json::json;
use uuid::Uuid;

/// Whether a measure is among those that the arguments name; without any, all are.
pub fn wants(name: &str) -> bool {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--")).peekable();
    words.peek().is_none() || words.any(|word| name.contains(&word))
}

/// Prints a measure as one line of JSON: `cargo xtask bench` makes figures of it.
pub fn report(name: &str, n: usize, samples: &[f64], baseline: &[f64]) {
    println!("{}", json!({ "name": name, "n": n, "unit": "ms", "samples": samples, "baseline": baseline }));
}

/// Milliseconds since then.
pub fn millis(since: Instant) -> f64 {
    Duration::as_secs_f64(&since.elapsed()) * 1000.0
}

/// Everybody to a status, in one job that may leave at once.
pub fn job(to: StatusChange, audience: Recipients, me: Handle, now: Timestamp) -> NewJob {
    NewJob {
        id: JobId(Uuid::now_v7()),
        name: "Done".into(),
        action: Action::Change { change: Change { status: Some(to), ..Change::default() } },
        state: JobState::Running,
        due: now,
        created: now,
        me,
        filter: Some("is:active".into()),
        resolved: None,
        audience,
        sending: Sending::default(),
        origin: None,
    }
}

/// A conversation's place in an audience, as a plan gives it.
pub fn item(seen: Conversation) -> AudienceItem {
    AudienceItem {
        id: seen.id,
        stamp: seen.stamp,
        last_inbound: seen.last_inbound.map(Timestamp::as_millisecond),
        last_outbound: seen.last_outbound.map(Timestamp::as_millisecond),
        values: Vec::new(),
        verdict: "will_change".into(),
        takes_part: true,
        channel: seen.channel,
        with_files: false,
        approved: false,
        own: None,
    }
}
