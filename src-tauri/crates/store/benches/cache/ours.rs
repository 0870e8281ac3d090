//! Muster's own cache and journal, asked as the window asks them.

use std::path::Path;

use jiff::Timestamp;
use muster_model::{
    Action, AudienceItem, Change, Conversation, Handle, JobId, JobState, Match, RemoteId, Resolved, Sending,
    Sort, Status, StatusChange, Thread,
};
use muster_store::{Cache, DataKey, Journal, NewJob, Overlay, PageKey, PageRequest, Recipients, Spared};
use uuid::Uuid;

use crate::KEY;

/// Conversations that lose their messages in one transaction, as the engine removes them.
pub const BATCH: usize = 200;

pub struct Ours {
    pub cache: Cache,
}

impl Ours {
    pub fn open(folder: &Path) -> Self {
        Self { cache: Cache::open(folder, &DataKey::from_bytes(KEY)).unwrap() }
    }

    /// One page of a sync with its messages.
    pub fn ingest(&self, threads: &[Thread]) {
        self.cache.put_threads(threads, now()).unwrap();
    }

    /// One page of a walk through everything.
    pub fn walk(&self, headers: &[Conversation]) {
        self.cache.apply_page(headers, &[], "page", true, None, now()).unwrap();
    }

    /// What is left to be done when nobody waits.
    pub fn finish(&self) {
        self.cache.apply_page(&[], &[], "end", false, None, now()).unwrap();
        while self.cache.tidy().unwrap() {}
        while self.cache.pack_again().unwrap() {}
        self.cache.keep_index().unwrap();
    }

    /// Keeps to a limit of nine tenths of what is there, and says of how many conversations the messages went.
    pub fn remove_a_tenth(&self) -> usize {
        let most = self.cache.bytes_in_use().unwrap() / 10 * 9;
        let spared = Spared { filter: &active(), named: &[] };
        let mut removed = 0;
        while self.cache.bytes_in_use().unwrap() > most {
            if !self.cache.tidy().unwrap() {
                removed += self.cache.remove_threads(spared, &Overlay::empty(), None, BATCH).unwrap();
            }
        }
        usize::try_from(removed).unwrap()
    }

    pub fn list(&self, filter: &Match, overlay: &Overlay, after: Option<PageKey>) -> usize {
        let query = Resolved { filter: filter.clone(), sort: Sort::default() };
        self.cache.list(&query, overlay, &PageRequest { after, limit: 50 }).unwrap().rows.len()
    }

    pub fn count(&self, filter: &Match) -> u64 {
        self.cache.count(filter, &Overlay::empty()).unwrap()
    }

    pub fn start(&self) {
        assert!(self.list(&active(), &Overlay::empty(), None) > 0);
    }

    pub fn start_facets(&self) {
        assert!(self.list(&active(), &Overlay::empty(), None) > 0);
        assert!(self.count(&active()) > 0);
    }
}

pub fn active() -> Match {
    Match::Status(vec![Status::Active])
}

pub fn tagged(tag: &str) -> Match {
    Match::Tag(vec![tag.to_owned()])
}

pub fn of_agent(agent: &str) -> Match {
    Match::Agent(vec![Some(agent.to_owned())])
}

pub fn of_team(team: &str) -> Match {
    Match::Team(vec![Some(team.to_owned())])
}

pub fn me() -> Handle {
    Handle::from("agent0@desk.example")
}

pub fn now() -> Timestamp {
    Timestamp::from_millisecond(crate::data::END).unwrap()
}

/// A job that makes these conversations done, confirmed and about to run.
pub fn done(ids: &[RemoteId]) -> NewJob {
    let item = |id: &RemoteId| AudienceItem {
        id: id.clone(),
        stamp: 1,
        last_inbound: Some(crate::data::END),
        last_outbound: None,
        values: Vec::new(),
        verdict: "will_change".into(),
        takes_part: true,
        channel: muster_model::Channel::Email,
        with_files: false,
        approved: false,
        own: None,
    };
    NewJob {
        id: JobId(Uuid::now_v7()),
        name: "Done".into(),
        action: Action::Change { change: Change { status: Some(StatusChange::Done), ..Change::default() } },
        state: JobState::Running,
        due: now(),
        created: now(),
        me: me(),
        filter: Some("is:active".into()),
        resolved: None,
        audience: ids.iter().map(item).collect::<Recipients>(),
        sending: Sending::default(),
        origin: None,
    }
}

pub fn overlay(journal: &Journal, before: &Overlay) -> Overlay {
    journal.overlay(Some(&me()), Timestamp::UNIX_EPOCH, before).unwrap()
}
