//! What lies over the cache, and that looking again after every step comes to the same as looking for the first time.

use muster_model::{Action, EffectState, JobState, OwnEffect, PauseReason, Status};
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::Overlay;

const IDS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn look(journal: &Journal, since: i64) -> Overlay {
    journal.overlay(Some(&handle("jonas@example.com")), at(since), &Overlay::empty()).unwrap()
}

/// The cached state of that stamp, in which the customer last wrote at that second.
fn cached(id: &str, stamp: i64, wrote: i64) -> Conversation {
    Conversation { stamp, last_inbound: Some(at(wrote)), ..conversation(id, 1) }
}

fn status(overlay: &Overlay, id: &str, stamp: i64) -> Status {
    overlay.apply(cached(id, stamp, 0)).status
}

#[test]
fn the_overlay_is_made_of_what_is_under_way_and_what_was_just_applied() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a", "b", "c"]));
    let claimed = journal.claim(job, 2, false, at(200), &nobody).unwrap();
    let outcomes = [
        outcome(claimed[0].effects[0].row, EffectState::Applied),
        outcome(claimed[1].effects[0].row, EffectState::Held),
    ];
    assert!(journal.record(&outcomes).unwrap().is_empty());
    let overlay = look(&journal, 250);
    assert_eq!(overlay.pending(&"a".into()), ["status"]);
    assert_eq!(overlay.pending(&"c".into()), ["reply", "status"]);
    assert_eq!(status(&overlay, "c", 1), Status::Done);
    let ball = |stamp| overlay.apply(cached("a", stamp, 0)).engagement;
    assert_ne!(ball(8), ball(9), "the reply shows until the cache has the state that it led to");
    let held = overlay.marks(&cached("b", 1, 0));
    assert!(held.held && held.waiting_reason.is_some_and(|why| why.starts_with("held")));

    set_state(&journal, job, JobState::Paused, Some(PauseReason::User));
    let overlay = look(&journal, 250);
    assert_eq!(overlay.pending(&"c".into()), Vec::<String>::new(), "paused by hand");
    assert_eq!(status(&overlay, "c", 1), Status::Active);
    assert_ne!(overlay.apply(cached("a", 8, 0)), cached("a", 8, 0));
    journal.cancel_job(job, at(260)).unwrap();
    assert_ne!(look(&journal, 260).apply(cached("a", 8, 0)), cached("a", 8, 0));
    assert_eq!(look(&journal, 301).apply(cached("a", 8, 0)), cached("a", 8, 0), "a sync brought it long ago");
}

#[test]
fn where_the_customer_wrote_the_change_waits() {
    let (_folder, journal) = open();
    confirm(&journal, Action::Change { change: done() }, audience(&["a"]));
    let overlay = look(&journal, 0);
    let wrote = cached("a", 1, 6);
    assert_eq!(overlay.apply(wrote.clone()), wrote);
    let marks = overlay.marks(&wrote);
    assert!(marks.pending && marks.waiting_reason.is_some_and(|why| why.starts_with("your change waits")));
}

#[test]
fn only_what_is_released_is_due() {
    let (_folder, journal) = open();
    let job = confirm(&journal, Action::Change { change: done() }, audience(&["a", "b", "c"]));
    journal.db.write(|tx| Ok(tx.execute("UPDATE jobs SET released = 2", [])?)).unwrap();
    let shown = |overlay: &Overlay| ["a", "b", "c"].map(|id| status(overlay, id, 1) == Status::Done);
    assert_eq!(shown(&look(&journal, 0)), [true, true, false]);
    let claimed = journal.claim(job, 1, false, at(200), &nobody).unwrap();
    journal.record(&[outcome(claimed[0].effects[0].row, EffectState::Rejected)]).unwrap();
    assert_eq!(shown(&look(&journal, 0)), [false, true, false]);
}

#[test]
fn an_undo_gives_each_conversation_its_own_back() {
    let (_folder, journal) = open();
    let mut all = audience(&["a", "b"]);
    for (item, status) in all.iter_mut().zip([StatusChange::Spam, StatusChange::Archived]) {
        item.own = Some([OwnEffect { effect: Effect::Status(status), expects: None }].into());
    }
    confirm(&journal, Action::Undo { of: JobId(Uuid::now_v7()) }, all);
    let overlay = look(&journal, 0);
    assert_eq!(["a", "b"].map(|id| status(&overlay, id, 1)), [Status::Spam, Status::Archived]);
}

/// Something that happens to a journal.
#[derive(Clone, Debug)]
enum Step {
    Confirm { reply: bool, members: Vec<&'static str>, own: bool, released: Option<i64> },
    Claim(usize),
    Record(EffectState),
    PutBack,
    Move(JobState, Option<PauseReason>),
    Release,
    Cancel,
    Finish,
    Settle,
    Read(&'static str),
}

fn a_step() -> impl Strategy<Value = Step> {
    let members = proptest::sample::subsequence(IDS.to_vec(), 1..6);
    let ends = vec![
        EffectState::Applied,
        EffectState::Applied,
        EffectState::Rejected,
        EffectState::Unknown,
        EffectState::Held,
    ];
    let states = vec![
        (JobState::Running, None),
        (JobState::Scheduled, None),
        (JobState::Paused, Some(PauseReason::User)),
        (JobState::Paused, Some(PauseReason::Offline)),
    ];
    prop_oneof![
        2 => (any::<bool>(), members, any::<bool>(), select(vec![None, None, Some(2)])).prop_map(
            |(reply, members, own, released)| Step::Confirm { reply, members, own, released }
        ),
        4 => (1usize..4).prop_map(Step::Claim),
        4 => select(ends).prop_map(Step::Record),
        1 => Just(Step::PutBack),
        1 => select(states).prop_map(|(state, pause)| Step::Move(state, pause)),
        1 => Just(Step::Release),
        1 => Just(Step::Cancel),
        1 => Just(Step::Finish),
        1 => Just(Step::Settle),
        1 => select(IDS.to_vec()).prop_map(Step::Read),
    ]
}

/// A journal and what is on its way from it.
struct Story {
    journal: Journal,
    jobs: Vec<JobId>,
    sending: Vec<ClaimedItem>,
    now: i64,
}

impl Story {
    /// The job that this step is about.
    fn job(&self) -> Option<JobId> {
        self.jobs.get(usize::try_from(self.now).unwrap() % self.jobs.len().max(1)).copied()
    }

    fn take(&mut self, step: Step) {
        self.now += 1;
        let now = at(self.now);
        match (step, self.job()) {
            (Step::Confirm { reply: is_reply, members, own, released }, _) => {
                let mut all = audience(&members);
                if own {
                    let effect = Effect::TagAdd("back".into());
                    all[0].own = Some([OwnEffect { effect, expects: None }].into());
                }
                let action = if is_reply { reply(done()) } else { Action::Change { change: done() } };
                let job = confirm(&self.journal, action, all);
                let released = |tx: &rusqlite::Transaction<'_>| {
                    let sql = "UPDATE jobs SET released = ?2 WHERE id = ?1";
                    Ok(tx.execute(sql, rusqlite::params![job.to_string(), released])?)
                };
                self.journal.db.write(released).unwrap();
                self.jobs.push(job);
            }
            (Step::Claim(limit), Some(job)) => {
                self.sending.extend(self.journal.claim(job, limit, true, now, &nobody).unwrap());
            }
            (Step::Record(state), _) => {
                let Some(item) = self.sending.pop() else { return };
                let outcomes: Vec<Recorded> = item
                    .effects
                    .iter()
                    .map(|effect| Recorded { at: now, ..outcome(effect.row, state.clone()) })
                    .collect();
                self.journal.record(&outcomes).unwrap();
            }
            (Step::PutBack, _) => {
                let Some(item) = self.sending.pop() else { return };
                let rows: Vec<i64> = item.effects.iter().map(|effect| effect.row).collect();
                self.journal.put_back(&rows, now).unwrap();
            }
            (Step::Move(state, pause), Some(job)) => {
                let to = |row: &JobRow| {
                    let alive = !row.state.is_over();
                    alive.then(|| Standing { state: state.clone(), pause: pause.clone(), ..row.standing() })
                };
                self.journal.move_job(job, to).unwrap();
            }
            (Step::Release, Some(job)) => {
                let release = |tx: &rusqlite::Transaction<'_>| {
                    let sql = "UPDATE jobs SET released = released + 1 WHERE id = ?1";
                    Ok(tx.execute(sql, [job.to_string()])?)
                };
                self.journal.db.write(release).unwrap();
            }
            (Step::Cancel, Some(job)) => drop(self.journal.cancel_job(job, now)),
            (Step::Finish, Some(job)) => drop(self.journal.finish_job(job, now).unwrap()),
            (Step::Settle, _) => {
                let Some(doubt) = self.journal.unknown_effects().unwrap().pop() else { return };
                let settled = Recorded { at: now, ..outcome(doubt.row, EffectState::Applied) };
                self.journal.settle_unknown(&[settled]).unwrap();
            }
            (Step::Read(id), _) => {
                self.journal.set_read_mark(&id.into(), self.now).unwrap();
                self.journal.set_follow(&id.into(), self.now % 2 == 0).unwrap();
            }
            (_, None) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn looking_again_comes_to_the_same_as_looking_for_the_first_time(
        steps in vec((a_step(), any::<bool>()), 1..40), margin in 0i64..12,
    ) {
        let (_folder, journal) = open();
        let mut story = Story { journal, jobs: Vec::new(), sending: Vec::new(), now: 0 };
        let me = handle("jonas@example.com");
        let mut before = Overlay::empty();
        for (step, looks) in steps {
            story.take(step);
            if !looks {
                continue;
            }
            let since = at(story.now - margin);
            before = story.journal.overlay(Some(&me), since, &before).unwrap();
            let fresh = story.journal.overlay(Some(&me), since, &Overlay::empty()).unwrap();
            for id in IDS {
                prop_assert_eq!(before.pending(&id.into()), fresh.pending(&id.into()));
                for (stamp, wrote) in [(1, 0), (1, 6), (8, 0), (9, 0), (9, 6)] {
                    let base = cached(id, stamp, wrote);
                    let shown = fresh.apply(base.clone());
                    prop_assert_eq!(before.apply(base), shown.clone());
                    prop_assert_eq!(before.marks(&shown), fresh.marks(&shown));
                }
            }
        }
    }
}
