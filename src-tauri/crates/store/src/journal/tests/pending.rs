//! How many conversations have something pending: the same as asking them one by one.

use muster_model::Match;

use super::*;
use crate::{Cache, Overlay, Recipients};

const IDS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

struct Desk {
    _folder: TempDir,
    journal: Journal,
    cache: Cache,
}

impl Desk {
    fn new() -> Self {
        let (folder, journal) = open();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        let all = IDS.map(|id| conversation(id, 1));
        cache.apply_page(&all, &[], "p", false, None, at(9)).unwrap();
        Self { _folder: folder, journal, cache }
    }

    /// Confirms what was planned from the cache as it is.
    fn confirm(&self, ids: &[&str]) -> JobId {
        let job = NewJob { audience: Recipients::from(audience(ids)), ..change_to_done() };
        self.journal.insert_job(&job).unwrap();
        job.id
    }

    /// Compares the count with everybody, one by one.
    fn look(&self) {
        let overlay = self.journal.overlay(None, at(0), &Overlay::empty()).unwrap();
        let cached = IDS.map(|id| self.cache.conversation(&id.into()).unwrap().is_some());
        let pending = |id: &RemoteId| !overlay.pending(id).is_empty();
        let expected = IDS.iter().zip(cached).filter(|(id, cached)| *cached && pending(&(**id).into()));
        let counted = self.cache.count(&Match::Pending, &overlay).unwrap();
        assert_eq!(counted, expected.count() as u64);
    }
}

#[test]
fn what_is_pending_is_counted_once_whatever_moves() {
    let desk = Desk::new();
    desk.look();
    let first = desk.confirm(&["a", "b", "c", "d"]);
    desk.look();
    desk.confirm(&["c", "d", "e"]);
    // Two jobs on the same conversations.
    desk.look();
    let claimed = desk.journal.claim(first, 2, false, at(200), &nobody).unwrap();
    desk.look();
    let (done, failed) = (claimed[0].effects[0].row, claimed[1].effects[0].row);
    let outcomes = [outcome(done, EffectState::Applied), outcome(failed, EffectState::Rejected)];
    desk.journal.record(&outcomes).unwrap();
    desk.look();
    desk.journal.db.write(|tx| Ok(tx.execute("UPDATE jobs SET released = 3 WHERE seq = 1", [])?)).unwrap();
    desk.look();
    set_state(&desk.journal, first, JobState::Paused, Some(PauseReason::User));
    desk.look();
}

#[test]
fn what_is_not_cached_is_not_counted() {
    let desk = Desk::new();
    desk.confirm(&["a", "b", "c"]);
    desk.cache.drop_conversation(&"b".into()).unwrap();
    // One was taken out since.
    desk.look();
    let desk = Desk::new();
    desk.cache.drop_conversation(&"h".into()).unwrap();
    desk.confirm(&["a", "b", "c"]);
    // It was taken out before the plan was made.
    desk.look();
    desk.cache.apply_page(&[], &["c".into()], "q", false, None, at(10)).unwrap();
    desk.look();
    // Nobody says that these were cached.
    let desk = Desk::new();
    confirm(&desk.journal, change_to_done().action, audience(&["a", "nowhere"]));
    desk.look();
}

#[test]
fn who_is_in_a_job_twice_is_counted_once() {
    let desk = Desk::new();
    desk.confirm(&["a", "b", "a"]);
    desk.look();
    let mut changed = Recipients::from(audience(&["a"]));
    changed.push(audience(&["nowhere"]).remove(0));
    desk.journal.insert_job(&NewJob { audience: changed, ..change_to_done() }).unwrap();
    // What was put in later may be cached or not.
    desk.look();
}

fn change_to_done() -> NewJob {
    NewJob {
        id: JobId(Uuid::now_v7()),
        name: "Done".into(),
        action: Action::Change { change: done() },
        state: JobState::Running,
        due: at(100),
        created: at(100),
        me: handle("jonas@example.com"),
        filter: None,
        resolved: None,
        audience: Recipients::default(),
        sending: Sending::default(),
        origin: None,
    }
}
