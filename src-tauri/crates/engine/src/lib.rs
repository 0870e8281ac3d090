//! The engine: reading, planning, the journal's worker and the rules about notifications.
//!
//! An [`Account`] is one help desk that the agent is signed in to. It owns every loop that works for it – syncing, the
//! live stream, fetching threads ahead, the journal's worker – under one supervisor, and only while it holds
//! `account.lock`; every other process reads, writes requests into the journal, and watches.

mod account;
mod blocking;
mod clock;
mod confirm;
mod connect;
mod effect;
mod events;
mod keep;
mod keys;
mod link;
mod live;
mod notify;
mod overlay;
mod plan;
mod prefetch;
mod reconcile;
#[cfg(test)]
mod samples;
pub mod sentence;
mod stores;
mod sync;
mod verdict;
mod worker;

pub use account::{Account, OpenError};
pub use clock::{Clock, FixedClock, SystemClock};
pub use confirm::{Confirmation, act, confirm, needs_plan_page};
pub use connect::{connect, probe};
pub use events::{EngineEvent, Notice};
pub use keys::{EnvKeys, KeyError, KeySource};
pub use link::{Connection, Link};
pub use plan::{Group, Plan, PlanEdit, PlanError, PlanItem, plan, replan};
pub use sentence::SendingSummary;
pub use stores::Stores;
pub use sync::SyncError;
pub use worker::WorkError;
