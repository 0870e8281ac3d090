//! The engine: reading, planning, the journal's worker and the rules about notifications.
//!
//! An [`Account`] is one help desk that the agent is signed in to. It owns every loop that works for it – syncing, the
//! live stream, fetching threads ahead, the journal's worker – under one supervisor, and only while it holds
//! `account.lock`; every other process reads, writes into the journal what it wants, and watches.

mod account;
mod answer;
mod blocking;
mod clock;
mod confirm;
mod connect;
pub mod control;
mod effect;
mod events;
mod keep;
mod keys;
mod link;
mod live;
mod load;
mod notify;
mod overlay;
mod pace;
mod plan;
mod prefetch;
mod reconcile;
mod retention;
mod retry;
#[cfg(test)]
mod samples;
pub mod sentence;
mod stores;
mod sync;
mod undo;
mod verdict;
mod worker;

pub use account::{Account, MOST_BYTES, OpenError};
pub use answer::{Answer, AnswerError, answer};
pub use clock::{Clock, FixedClock, SystemClock};
pub use confirm::{Confirmation, act, confirm, needs_plan_page, type_to_confirm};
pub use connect::{KINDS, connect, detect, probe};
pub use events::{EngineEvent, Notice};
pub use keys::{EnvKeys, KeyError, KeySource};
pub use link::{Connection, Link};
pub use load::{FILE_KIND, LoadError};
pub use plan::{
    Group, Plan, PlanEdit, PlanError, PlanItem, READ_ONLY, add_matching, attach, attached, more_matching,
    open_saved_plan, plan, replan, save_plan, spot_check, test_message, usual_hold,
};
pub use retry::{RetryError, Retryable, received, retry, retry_remark, retryable};
pub use sentence::SendingSummary;
pub use stores::Stores;
pub use sync::{SyncError, Synced};
pub use undo::{UndoError, Undoable, undo, undoable};
pub use worker::WorkError;
