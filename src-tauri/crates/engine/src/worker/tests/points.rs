//! One table: the worker dies at every named point, with every kind of effect, and afterwards everything is as if it had
//! not died.

use jiff::SignedDuration;
use muster_helpdesk::HelpDesk;
use muster_model::{Assignee, Conversation, Priority};

use super::*;
use crate::samples;
use crate::worker::points::Point;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Reply,
    ReplyThenDone,
    ReplyThenTag,
    Note,
    Done,
    Snooze,
    Assignee,
    Team,
    TagAdd,
    TagRemove,
    TagClear,
    Priority,
    Follow,
    Block,
    Delete,
    Undo,
}

/// What leads the worker to a point that it passes only in trouble.
fn trouble(point: Point) -> Option<Fault> {
    match point {
        Point::BeforePutBack => Some(Fault::Unreachable),
        Point::AfterLook => Some(Fault::LoseAnswer),
        _ => None,
    }
}

impl Kind {
    fn action(self) -> Action {
        let change = match self {
            Self::Reply => return mass("Hello", Change::default()),
            Self::ReplyThenDone => return mass("Hello", done()),
            Self::ReplyThenTag => return mass("Hello", tag("answered")),
            Self::Note => return note("Look at this"),
            Self::Follow => return Action::Follow { on: true },
            Self::Done | Self::Undo => done(),
            Self::Snooze => Change {
                status: Some(StatusChange::Snoozed(SnoozeUntil::At(
                    samples::now() + SignedDuration::from_hours(48),
                ))),
                ..Change::default()
            },
            Self::Assignee => {
                Change { agent: Some(Some(Handle::from("jonas@desk.example"))), ..Change::default() }
            }
            Self::Team => Change { team: Some(Some(Handle::from("billing"))), ..Change::default() },
            Self::TagAdd => tag("answered"),
            Self::TagRemove => Change { remove_tags: vec!["refund".into()], ..Change::default() },
            Self::TagClear => Change { remove_all_tags: true, ..Change::default() },
            Self::Priority => Change { priority: Some(Priority::Urgent), ..Change::default() },
            Self::Block => Change { block: true, ..Change::default() },
            Self::Delete => Change { delete: true, ..Change::default() },
        };
        Action::Change { change }
    }

    /// The call that it makes.
    fn call(self) -> &'static str {
        match self {
            Self::Reply | Self::ReplyThenDone | Self::ReplyThenTag => "reply",
            Self::Note => "note",
            Self::Follow => "follow",
            _ => "apply",
        }
    }

    /// How often a conversation is written in.
    fn written(self) -> usize {
        usize::from(matches!(self.call(), "reply" | "note"))
    }

    /// Whether a conversation is as this job should leave it.
    fn is_done(self, now: &Conversation) -> bool {
        match self {
            Self::Note => now.engagement == Engagement::Pending,
            Self::Reply => now.engagement == Engagement::Engaged,
            Self::ReplyThenDone => now.engagement == Engagement::Engaged && now.status == Status::Done,
            Self::ReplyThenTag => now.tags == ["answered", "refund"],
            Self::Done => now.status == Status::Done,
            Self::Snooze => now.status == Status::Snoozed && now.snoozed_until.is_some(),
            Self::Assignee => now.assignee.agent.is_some(),
            Self::Team => now.assignee.team.is_some(),
            Self::TagAdd => now.tags == ["answered", "refund"],
            Self::TagRemove | Self::TagClear => now.tags.is_empty(),
            Self::Priority => now.priority == Priority::Urgent,
            Self::Follow => now.followers == [samples::me().handle],
            // It shows nowhere; that it was applied is what counts.
            Self::Block => true,
            Self::Delete => false,
            Self::Undo => now.status == Status::Active && now.assignee == Assignee::default(),
        }
    }
}

fn tag(name: &str) -> Change {
    Change { add_tags: vec![name.into()], ..Change::default() }
}

#[rstest]
#[tokio::test]
async fn dying_anywhere_changes_nothing(
    #[values(
        Point::BeforeIntent,
        Point::AfterIntent,
        Point::BeforeCall,
        Point::AfterCall,
        Point::AfterOutcome,
        Point::BetweenEffects,
        Point::BeforePutBack,
        Point::AfterLook,
        Point::BeforeEnd
    )]
    point: Point,
    #[values(
        Kind::Reply,
        Kind::ReplyThenDone,
        Kind::ReplyThenTag,
        Kind::Note,
        Kind::Done,
        Kind::Snooze,
        Kind::Assignee,
        Kind::Team,
        Kind::TagAdd,
        Kind::TagRemove,
        Kind::TagClear,
        Kind::Priority,
        Kind::Follow,
        Kind::Block,
        Kind::Delete,
        Kind::Undo
    )]
    kind: Kind,
    #[values(true, false)] dedupes: bool,
) {
    let bench = Bench::new(3);
    bench.desk.set_dedupes(dedupes);
    let mut job = bench.confirm(kind.action(), 3);
    if kind == Kind::Undo {
        bench.work().await.unwrap();
        bench.sync();
        let me = samples::me().handle;
        job = crate::undo::begin(&bench.stores, job, None, &me, bench.now()).unwrap().0;
    }
    if let Some(fault) = trouble(point) {
        bench.desk.next(kind.call(), fault);
    }
    bench.ctx.deaths.arm(point, 0);
    assert!(bench.work_until_death().await, "{point:?} was never passed");
    bench.restart();
    assert_eq!(bench.sending(), 0, "nothing is on its way after a restart");
    bench.work_to_the_end().await;
    let row = bench.job(job);
    assert_eq!((row.state.clone(), row.counts.applied), (JobState::Completed, 3), "{row:?}");
    for n in 1..=3 {
        let id = RemoteId::new(format!("c{n}"));
        assert_eq!(bench.desk.texts(&id).len(), kind.written(), "{id}");
        match bench.desk.thread(&id).await {
            Ok(now) => assert!(kind.is_done(&now.conversation), "{:?}", now.conversation),
            Err(err) => assert_eq!(kind, Kind::Delete, "{err}"),
        }
    }
}
