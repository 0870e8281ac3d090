//! What confirming and watching large jobs costs, each beside what it is measured against in the same run.
//!
//! Prints one JSON object a line: `cargo xtask bench` makes figures of them. Arguments name the measures to take; none
//! takes all. No time is ever asserted.
#![expect(clippy::print_stdout, reason = "what a bench prints is its product")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot do its work has nothing to say")]

use std::{path::Path, time::Instant};

use jiff::Timestamp;
use muster_model::{
    Assignee, Author, Channel, Contact, Conversation, EffectState, Engagement, Handle, Match, Preview,
    Priority, Receipt, RemoteId, Resolved, Sort, Status, StatusChange,
};
use muster_store::{Cache, DataKey, Journal, NewJob, Overlay, PageRequest, Recipients, Recorded};
use rusqlite::{Connection, params};

use measure::{item, millis, report, wants};

mod measure;

const KEY: [u8; 32] = [7; 32];
/// So many at once, as a help desk takes them.
const BATCH: usize = 500;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    if wants("confirm 100000") {
        let cache = filled(&folder.path().join("confirm"), 100_000);
        confirm(&cache, folder.path(), 100_000);
    }
    if wants("look while 10000 run") {
        let cache = filled(&folder.path().join("look"), 100_000);
        look(&cache, folder.path(), 10_000);
    }
}

/// Confirm → durable, counted as pending and first page drawn as pending; against one row per item.
fn confirm(cache: &Cache, folder: &Path, n: usize) {
    let pending = Resolved { filter: Match::Pending, sort: Sort::default() };
    let page = PageRequest { after: None, limit: 50 };
    let (mut samples, mut baseline) = (Vec::new(), Vec::new());
    for run in 0..21 {
        let folder = folder.join(format!("journal {run}"));
        let journal = Journal::open(&folder, &DataKey::from_bytes(KEY)).unwrap();
        let job = job(n);
        // What a window has open before the click.
        let before = journal.overlay(Some(&me()), Timestamp::UNIX_EPOCH, &Overlay::empty()).unwrap();
        assert_eq!(cache.count(&pending.filter, &before).unwrap(), 0);
        let started = Instant::now();
        journal.insert_job(&job).unwrap();
        let overlay = journal.overlay(Some(&me()), Timestamp::UNIX_EPOCH, &before).unwrap();
        let shown = cache.list(&pending, &overlay, &page).unwrap();
        let counted = cache.count(&pending.filter, &overlay).unwrap();
        samples.push(millis(started));
        assert_eq!(counted, n as u64);
        assert!(shown.rows.len() == 50 && shown.rows.iter().all(|row| row.marks.pending));
        baseline.push(one_row_per_item(&folder, &job));
    }
    report(&format!("confirm {n}"), n, &samples, &baseline);
}

/// The same job as one effect row per recipient, as claiming would write it, in one durable transaction.
fn one_row_per_item(folder: &Path, job: &NewJob) -> f64 {
    let mut conn = Connection::open(folder.join("journal.db")).unwrap();
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).unwrap();
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
        .unwrap();
    let value = serde_json::to_string(&job.action.effects()[0]).unwrap();
    let started = Instant::now();
    let tx = conn.transaction().unwrap();
    for (no, item) in (0i64..).zip(job.audience.iter()) {
        tx.prepare_cached(
            "INSERT INTO effects (job, no, ordinal, id, effect, value, state)
             VALUES (1, ?1, 0, ?2, 'status', ?3, 'pending')",
        )
        .unwrap()
        .execute(params![no, item.id.as_str(), value])
        .unwrap();
    }
    tx.commit().unwrap();
    millis(started)
}

/// What a window does after every step of a large job – overlay, first page, sidebar –, against the same without a job.
fn look(cache: &Cache, folder: &Path, n: usize) {
    let journal = Journal::open(&folder.join("looking"), &DataKey::from_bytes(KEY)).unwrap();
    let new = job(n);
    let id = new.id;
    journal.insert_job(&new).unwrap();
    let mut overlay = journal.overlay(Some(&me()), Timestamp::UNIX_EPOCH, &Overlay::empty()).unwrap();
    let (mut samples, mut baseline, mut deriving) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let claimed = journal.claim(id, BATCH, true, at(1), &|_: &RemoteId| None).unwrap();
        if claimed.is_empty() {
            break;
        }
        let outcomes: Vec<Recorded> = claimed
            .iter()
            .flat_map(|item| &item.effects)
            .map(|effect| Recorded {
                row: effect.row,
                state: EffectState::Applied,
                reason: None,
                receipt: Some(Receipt { id: None, stamp: Some(2), at: Some(at(2)) }),
                after: None,
                at: at(2),
            })
            .collect();
        journal.record(&outcomes).unwrap();
        let started = Instant::now();
        overlay = journal.overlay(Some(&me()), Timestamp::UNIX_EPOCH, &overlay).unwrap();
        deriving.push(millis(started));
        draw(cache, &overlay);
        samples.push(millis(started));
        let started = Instant::now();
        draw(cache, &Overlay::empty());
        baseline.push(millis(started));
    }
    report(&format!("look while {n} run"), n, &samples, &baseline);
    report(&format!("overlay while {n} run"), n, &deriving, &[]);
}

fn draw(cache: &Cache, overlay: &Overlay) {
    let active = || Match::Status(vec![Status::Active]);
    let mine = || Match::Agent(vec![Some("jonas@example.com".into())]);
    let list = Resolved { filter: Match::And(vec![active(), mine()]), sort: Sort::default() };
    cache.list(&list, overlay, &PageRequest { after: None, limit: 50 }).unwrap();
    let sidebar = [
        list.filter,
        active(),
        Match::And(vec![active(), Match::Agent(vec![None]), Match::Team(vec![None])]),
        Match::Status(vec![Status::Done]),
        Match::Status(vec![Status::Snoozed]),
        Match::And(vec![active(), Match::Team(vec![Some("billing".into())])]),
        Match::And(vec![active(), Match::Tag(vec!["vip".into()])]),
        Match::Pending,
    ];
    cache.counts(&sidebar, overlay).unwrap();
}

fn filled(folder: &Path, n: usize) -> Cache {
    let cache = Cache::open(folder, &DataKey::from_bytes(KEY)).unwrap();
    let all: Vec<usize> = (0..n).collect();
    for part in all.chunks(5000) {
        let page: Vec<Conversation> = part.iter().map(|n| conversation(*n)).collect();
        cache.apply_page(&page, &[], "p", false, None, at(0)).unwrap();
    }
    cache
}

fn job(n: usize) -> NewJob {
    let audience = (0..n).map(|n| item(conversation(n))).collect::<Recipients>();
    measure::job(StatusChange::Done, audience, me(), at(0))
}

fn conversation(n: usize) -> Conversation {
    let second = i64::try_from(n).unwrap();
    Conversation {
        id: RemoteId::new(format!("{}", 200_000 + n)),
        subject: format!("Where is my parcel {n}?"),
        contact: Contact {
            name: format!("Noëlle Österberg {n}"),
            email: Some(format!("noelle.{n}@kunde.example")),
            ..Contact::default()
        },
        channel: Channel::Email,
        status: if n.is_multiple_of(3) { Status::Done } else { Status::Active },
        snoozed_until: None,
        priority: Priority::None,
        assignee: Assignee {
            agent: n.is_multiple_of(4).then(me),
            team: n.is_multiple_of(5).then(|| Handle::from("billing")),
        },
        tags: if n.is_multiple_of(10) { vec!["vip".into()] } else { Vec::new() },
        followers: Vec::new(),
        engagement: Engagement::Pending,
        waiting_since: Some(at(second)),
        created: at(second),
        updated: at(second),
        last_inbound: Some(at(second)),
        last_outbound: Some(at(second)),
        preview: Some(Preview { text: "It said Tuesday, and it is Friday.".into(), from: Author::Customer }),
        message_count: 3,
        case_number: None,
        custom_fields: std::collections::BTreeMap::new(),
        has_attachment: false,
        stamp: 1,
    }
}

fn me() -> Handle {
    Handle::from("jonas@example.com")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}
