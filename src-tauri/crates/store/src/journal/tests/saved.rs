//! Plans kept for later, and files.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use muster_model::{FileRef, Selection, Verdict};

use super::*;
use crate::SavedPlan;

fn draft(ids: &[&str], state: JobState) -> NewJob {
    NewJob {
        id: JobId(Uuid::now_v7()),
        name: "Outage".into(),
        action: reply(done()),
        state,
        due: at(100),
        created: at(100),
        me: handle("jonas@example.com"),
        filter: Some("is:active".into()),
        resolved: None,
        audience: audience(ids).into(),
        sending: Sending::default(),
        origin: None,
    }
}

fn saved() -> SavedPlan {
    SavedPlan {
        selection: Selection::AllMatching { filter: "is:active".into(), except: vec!["b".into()] },
        name: Some("Outage".into()),
        drop: BTreeSet::from([Verdict::Silent]),
        leave_out: BTreeSet::from(["c".into()]),
        fills: BTreeMap::from([("a".into(), BTreeMap::from([("case_number".into(), "7".into())]))]),
        once_per_person: true,
    }
}

#[test]
fn a_draft_is_listed_and_never_due() {
    let (_folder, journal) = open();
    let first = draft(&["a"], JobState::Draft);
    journal.save_plan(&first, &saved(), None).unwrap();
    let second = draft(&["a", "b"], JobState::Draft);
    journal.save_plan(&second, &saved(), Some(first.id)).unwrap();
    assert_eq!(journal.job(first.id).unwrap(), None, "saved again, in place of itself");
    let row = journal.job(second.id).unwrap().unwrap();
    assert_eq!((row.state, row.total), (JobState::Draft, 2));
    assert!(journal.due_jobs(at(1_000_000)).unwrap().is_empty());
    assert_eq!(journal.waiting().unwrap(), Waiting::default());
    assert_eq!(journal.saved_plan(second.id).unwrap(), Some(saved()));
}

#[test]
fn a_draft_is_confirmed_once() {
    let (_folder, journal) = open();
    let kept = draft(&["a"], JobState::Draft);
    journal.save_plan(&kept, &saved(), None).unwrap();
    let job = draft(&["a"], JobState::Running);
    journal.confirm_saved(&job, kept.id).unwrap();
    assert_eq!((journal.job(kept.id).unwrap(), journal.saved_plan(kept.id).unwrap()), (None, None));
    assert_eq!(journal.job(job.id).unwrap().unwrap().state, JobState::Running);
    let twice = draft(&["a"], JobState::Running);
    let refused = journal.confirm_saved(&twice, kept.id);
    assert!(matches!(refused, Err(StoreError::NoSuchJob(id)) if id == kept.id), "{refused:?}");
    assert_eq!(journal.job(twice.id).unwrap(), None);
    let over_a_job = journal.confirm_saved(&twice, job.id);
    assert!(matches!(over_a_job, Err(StoreError::NoSuchJob(_))), "a confirmed job is no draft");
}

#[test]
fn a_file_is_kept_while_something_needs_it() {
    let (_folder, journal) = open();
    let file = |id: &str| FileRef {
        id: id.into(),
        name: "report.pdf".into(),
        mime: "application/pdf".into(),
        size: 3,
    };
    for id in ["used", "loose"] {
        journal.put_file(&file(id), b"pdf", at(100)).unwrap();
    }
    journal.put_file(&file("fresh"), b"pdf", at(900)).unwrap();
    let action = Action::Reply {
        text: "Hello".into(),
        mass: true,
        then: Change::default(),
        files: vec![file("used")],
        approved: None,
    };
    let job = confirm(&journal, action, audience(&["a"]));
    assert_eq!(journal.drop_unused_files(at(500)).unwrap(), 1);
    assert_eq!(journal.file("loose").unwrap(), None);
    assert_eq!(journal.file("used").unwrap().unwrap().bytes, b"pdf");
    let renamed = FileRef { name: "outage.pdf".into(), ..file("used") };
    journal.put_file(&renamed, b"pdf", at(100)).unwrap();
    let asked = ["fresh", "loose", "used"].map(str::to_owned);
    assert_eq!(journal.file_refs(&asked).unwrap(), [file("fresh"), renamed]);
    journal.cancel_job(job, at(200)).unwrap();
    assert_eq!(journal.drop_unused_files(at(200) + SignedDuration::from_hours(1)).unwrap(), 2);
}
