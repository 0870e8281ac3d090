//! Jobs that are paused, resumed and stopped from a second process while the first one works them, and one that is
//! confirmed while nobody can be reached.

use muster_engine::control::{self, ControlError};
use muster_engine::{Account, Confirmation, Connection, act, confirm, plan};
use muster_model::{Action, Change, JobId, JobState, PauseReason, Selection, Sending, StatusChange};
use muster_store::JobRow;

use crate::desk::{Desk, Place, listed, until, until_online};

fn job(account: &Account, job: JobId) -> JobRow {
    account.stores().journal.job(job).unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_pauses_resumes_and_stops_what_the_first_one_works() {
    // Every call takes a while, so that there is something left to stop.
    let mut desk = Desk::start(900, "latency=150").await;
    let place = Place::new(&desk.url);
    let works = place.open(&desk.key).await;
    works.start();
    until_online(&works).await;
    let action = Action::Reply {
        text: "Hello".into(),
        mass: true,
        then: Change::default(),
        files: Vec::new(),
        approved: None,
    };
    let everybody = Selection::AllMatching { filter: "is:active channel:email".into(), except: Vec::new() };
    let plan = plan(&works, everybody, action, None).await.unwrap();
    assert!(plan.count() > 200, "{} are too few to stop in between", plan.count());
    let Confirmation::Job(id) = confirm(&works, &plan, plan.revision, plan.count()).await.unwrap() else {
        panic!("something moved")
    };

    let other = place.open(&desk.key).await;
    until("some are out", || job(&other, id).counts.applied > 0).await;
    let row = control::pause(&other, id).await.unwrap();
    assert_eq!((row.state, row.pause), (JobState::Paused, Some(PauseReason::User)));
    until("what was on its way arrived", || job(&other, id).counts.sending == 0).await;
    let paused = job(&other, id).counts;
    assert!(paused.pending > 0);
    // The worker looks five times a second: it had its chance to write over the pause.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!((job(&works, id).state, job(&works, id).counts), (JobState::Paused, paused));

    control::resume(&other, id).await.unwrap();
    until("it goes on", || job(&other, id).counts.applied > paused.applied).await;
    let stopped = control::cancel(&other, id).await.unwrap();
    assert_eq!(stopped.state, JobState::Cancelled);
    until("what was on its way arrived", || job(&other, id).counts.open() == 0).await;
    let end = job(&works, id);
    let cancelled = end.reasons.iter().find(|reason| reason.code == "cancelled").map_or(0, |reason| reason.n);
    assert_eq!(end.counts.applied + cancelled, plan.count() as u64, "{end:?}");
    assert!(cancelled > 0);
    works.stop().await;
    // The desk counts as well.
    desk.fail_with("").await;
    let mut heard = 0;
    for item in &plan.items {
        let thread = desk.get(&format!("/api/conversations/{}", item.id)).await;
        let messages = thread["messages"].as_array().unwrap();
        let ours = messages.iter().filter(|message| {
            message["client_ref"].as_str().is_some_and(|own| own.starts_with(&id.to_string()))
        });
        heard += ours.count() as u64;
    }
    assert_eq!(heard, end.counts.applied);
    assert!(matches!(control::resume(&other, id).await, Err(ControlError::Refused(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn started_without_the_help_desk_a_job_says_so_at_once_and_goes_on_later() {
    let mut desk = Desk::start(60, "").await;
    let place = Place::new(&desk.url);
    let before = place.open(&desk.key).await;
    before.sync_once(false, |_| {}).await.unwrap();
    drop(before);
    desk.stop().await;
    // A new start: nobody has said yet, in this process, whose key it is.
    let account = place.open(&desk.key).await;
    account.start();
    until("offline", || matches!(account.link().state(), Connection::Offline { .. })).await;
    let ids = listed(&account, "is:active").await[..1].to_vec();
    let change = Change { status: Some(StatusChange::Done), ..Change::default() };
    let id =
        act(&account, Selection::Ids { ids }, Action::Change { change }, Sending::default()).await.unwrap();
    until("it says why it waits", || job(&account, id).pause == Some(PauseReason::Offline)).await;
    assert_eq!(job(&account, id).state, JobState::Paused);
    desk.come_back().await;
    account.link().try_now();
    until("it went on", || job(&account, id).state == JobState::Completed).await;
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_waits_out_a_hold_works_what_another_process_confirms() {
    let desk = Desk::start(60, "").await;
    let place = Place::new(&desk.url);
    let works = place.open(&desk.key).await;
    works.sync_once(false, |_| {}).await.unwrap();
    let ids = listed(&works, "is:active").await;
    let one = |n: usize| Selection::Ids { ids: vec![ids[n].clone()] };
    let tag = || Action::Change { change: Change { add_tags: vec!["seen".into()], ..Change::default() } };
    let hold = Sending { hold: 100, ..Sending::default() };
    let held = act(&works, one(0), tag(), hold).await.unwrap();
    let first = act(&works, one(1), tag(), Sending::default()).await.unwrap();
    let other = place.open(&desk.key).await;
    let meanwhile = async {
        until("the first is done", || job(&other, first).state.is_over()).await;
        let second = act(&other, one(2), tag(), Sending::default()).await.unwrap();
        until("the second is done", || job(&other, second).state.is_over()).await;
        assert_eq!(job(&other, held).state, JobState::Holding, "the second waited until the hold was over");
        control::cancel(&other, held).await.unwrap();
    };
    let (worked, ()) = tokio::join!(works.work_until_idle(), meanwhile);
    worked.unwrap();
    assert_eq!(job(&other, held).counts.applied, 0);
}
