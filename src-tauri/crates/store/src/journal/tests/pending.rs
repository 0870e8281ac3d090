//! How many conversations have something pending: told from memory where everybody is known to be cached, and the same
//! as asking them one by one.

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
        let recipients = Recipients::from(audience(ids)).cached_at(self.cache.sync_state().unwrap().sequence);
        let job = NewJob { audience: recipients, ..change_to_done() };
        self.journal.insert_job(&job).unwrap();
        job.id
    }

    /// Whether the count is told from memory, after comparing it with everybody, one by one.
    fn look(&self) -> bool {
        let overlay = self.journal.overlay(None, at(0), &Overlay::empty()).unwrap();
        let cached = IDS.map(|id| self.cache.conversation(&id.into()).unwrap().is_some());
        let pending = |id: &RemoteId| !overlay.pending(id).is_empty();
        let expected = IDS.iter().zip(cached).filter(|(id, cached)| *cached && pending(&(**id).into()));
        let counted = self.cache.count(&Match::Pending, &overlay).unwrap();
        assert_eq!(counted, expected.count() as u64);
        let gone_at = |tx: &rusqlite::Transaction<'_>| {
            Ok(tx.query_row("SELECT gone_at FROM sync", [], |row| row.get(0))?)
        };
        let gone_at = self.cache.db.read(gone_at).unwrap();
        overlay.pending_count(gone_at).is_some()
    }
}

#[test]
fn what_is_pending_is_counted_once_whatever_moves() {
    let desk = Desk::new();
    assert!(desk.look());
    let first = desk.confirm(&["a", "b", "c", "d"]);
    assert!(desk.look());
    desk.confirm(&["c", "d", "e"]);
    assert!(desk.look(), "two jobs on the same conversations");
    let claimed = desk.journal.claim(first, 2, false, at(200), &nobody).unwrap();
    assert!(desk.look());
    let (done, failed) = (claimed[0].effects[0].row, claimed[1].effects[0].row);
    let outcomes = [outcome(done, EffectState::Applied), outcome(failed, EffectState::Rejected)];
    desk.journal.record(&outcomes).unwrap();
    assert!(desk.look());
    desk.journal.db.write(|tx| Ok(tx.execute("UPDATE jobs SET released = 3 WHERE seq = 1", [])?)).unwrap();
    assert!(desk.look());
    set_state(&desk.journal, first, JobState::Paused, Some(PauseReason::User));
    assert!(desk.look());
}

#[test]
fn what_is_not_cached_is_not_counted() {
    let desk = Desk::new();
    desk.confirm(&["a", "b", "c"]);
    desk.cache.drop_conversation(&"b".into()).unwrap();
    assert!(!desk.look(), "one was taken out since");
    let desk = Desk::new();
    desk.cache.drop_conversation(&"h".into()).unwrap();
    desk.confirm(&["a", "b", "c"]);
    assert!(desk.look(), "it was taken out before the plan was made");
    desk.cache.apply_page(&[], &["c".into()], "q", false, None, at(10)).unwrap();
    assert!(!desk.look());
    // Nobody says that these were cached.
    let desk = Desk::new();
    confirm(&desk.journal, change_to_done().action, audience(&["a", "nowhere"]));
    assert!(!desk.look());
}

#[test]
fn who_is_in_a_job_twice_is_counted_once() {
    let desk = Desk::new();
    desk.confirm(&["a", "b", "a"]);
    assert!(!desk.look());
    let mut changed = Recipients::from(audience(&["a"])).cached_at(i64::MAX);
    changed.push(audience(&["nowhere"]).remove(0));
    desk.journal.insert_job(&NewJob { audience: changed, ..change_to_done() }).unwrap();
    assert!(!desk.look(), "what was put in later may be cached or not");
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
