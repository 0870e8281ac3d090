//! Mass replies and changes against a real desk that dies, forgets its answers and refuses: everybody is reached once or
//! shown as unknown, nobody twice.

use muster_engine::{Account, Confirmation, Plan, PlanEdit, PlanError, act, confirm, plan, replan, sentence};
use muster_model::{
    Action, Change, EffectState, JobId, JobState, PauseReason, RemoteId, Selection, Sending, Status,
    StatusChange, Verdict,
};
use muster_store::{ItemRow, JobRow};
use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{Desk, Place, cached, listed, until, until_online};

const INCIDENT: &str = "is:active tag:payment-issue-2026-05";
const TEXT: &str = "Hello {{customer_first_name|there}},\n\nour payments work again.\n\n{{agent_first_name}}";

fn done() -> Change {
    Change { status: Some(StatusChange::Done), ..Change::default() }
}

fn mass() -> Action {
    Action::Reply { text: TEXT.into(), mass: true, then: done(), files: Vec::new(), approved: None }
}

fn matching(filter: &str) -> Selection {
    Selection::AllMatching { filter: filter.into(), except: Vec::new() }
}

fn ids(ids: &[RemoteId]) -> Selection {
    Selection::Ids { ids: ids.to_vec() }
}

fn job(account: &Account, job: JobId) -> JobRow {
    account.stores().journal.job(job).unwrap().unwrap()
}

fn items(account: &Account, job: JobId) -> Vec<ItemRow> {
    account.stores().journal.items(job, None, None, usize::MAX).unwrap()
}

async fn confirmed(account: &Account, plan: &Plan) -> JobId {
    match confirm(account, plan, plan.revision, plan.count()).await.unwrap() {
        Confirmation::Job(job) => job,
        Confirmation::Conflict(now) => panic!("{} became {}", plan.count(), now.count()),
    }
}

/// An account that is online and synced.
async fn online(desk: &Desk) -> (Place, Account) {
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    account.start();
    until_online(&account).await;
    (place, account)
}

/// What the desk holds of a job on one conversation: our messages, and whether the thread says that it was a mass reply.
async fn received(desk: &Desk, id: &RemoteId, job: JobId) -> (usize, bool, String) {
    let thread = desk.get(&format!("/api/conversations/{id}")).await;
    let messages: Vec<Value> = thread["messages"].as_array().unwrap().clone();
    let prefix = format!("{job}/");
    let ours = messages.iter().filter(|message| {
        message["kind"] == "message"
            && message["client_ref"].as_str().is_some_and(|own| own.starts_with(&prefix))
    });
    let noted = messages.iter().any(|message| {
        message["kind"] == "event" && message["text"].as_str().is_some_and(|text| text.contains("mass reply"))
    });
    (ours.count(), noted, thread["conversation"]["status"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mass_reply_with_done_reaches_exactly_the_number_on_the_button() {
    let desk = Desk::start(2_000, "").await;
    let (_place, account) = online(&desk).await;
    let count = |rest: &str| {
        format!("/api/conversations?status=active&tag=payment-issue-2026-05&count_only=true{rest}")
    };
    let at_the_desk = desk.get(&count("")).await["count"].as_u64().unwrap();
    let closed = desk.get(&count("&window=closed")).await["count"].as_u64().unwrap();
    let voice = desk.get(&count("&channel=voice")).await["count"].as_u64().unwrap();

    let plan = plan(&account, matching(INCIDENT), mass(), None).await.unwrap();
    assert_eq!(plan.items.len() as u64, at_the_desk);
    assert_eq!(plan.missing(), None);
    let blocked = |verdict: Verdict| plan.items.iter().filter(|item| item.verdict == verdict).count() as u64;
    assert_eq!((blocked(Verdict::WindowClosed), blocked(Verdict::Voice)), (closed, voice));
    assert_eq!(plan.count() as u64, at_the_desk - closed - voice - blocked(Verdict::NoAddress));
    assert_eq!(sentence::button(&plan), format!("Send to {} people", plan.count()));
    assert_eq!(plan.name, format!("Mass reply to {INCIDENT}"));

    let id = confirmed(&account, &plan).await;
    until("the job is over", || job(&account, id).state.is_over()).await;
    let row = job(&account, id);
    assert_eq!(
        (row.state.clone(), row.counts.applied),
        (JobState::Completed, plan.count() as u64),
        "{row:?}"
    );
    assert!(
        sentence::result(&row).starts_with(&format!("{} sent, ", plan.count())),
        "{}",
        sentence::result(&row)
    );
    for item in &plan.items {
        let (messages, noted, status) = received(&desk, &item.id, id).await;
        let expected = if item.included { (1, true, "done") } else { (0, false, "active") };
        assert_eq!((messages, noted, status.as_str()), expected, "{}", item.id);
    }
    until("the cache has it", || {
        plan.items
            .iter()
            .filter(|item| item.included)
            .all(|item| cached(&account, &item.id).unwrap().status == Status::Done)
    })
    .await;
    assert_eq!(listed(&account, INCIDENT).await.len(), plan.items.len() - plan.count());
    account.stop().await;
}

#[rstest]
#[case("lose_answer=0.4")]
#[case("cut=0.3")]
#[case("status_500=0.3")]
#[case("status_500_after=0.3")]
#[case("status_429=0.2")]
#[case("lose_answer=0.3,status_500=0.2,no_idempotency")]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_desk_does_nobody_hears_it_twice(#[case] faults: &str) {
    let mut desk = Desk::start(400, "").await;
    let (place, account) = online(&desk).await;
    account.stop().await;
    let plan = plan(&account, matching("is:active channel:email,chat"), mass(), None).await.unwrap();
    assert!(plan.count() > 50, "{}", plan.count());
    desk.fail_with(faults).await;
    let id = confirmed(&account, &plan).await;
    let account = place.open(&desk.key).await;
    account.start();
    until("every item has an end", || {
        // What is tried here is the sending, not the patience between two tries.
        account.link().try_now();
        job(&account, id).state.is_over()
    })
    .await;
    let states = items(&account, id);
    for (item, planned) in states.iter().zip(&plan.items) {
        let (messages, _, status) = received(&desk, &item.id, id).await;
        match item.state {
            EffectState::Applied => assert_eq!((messages, status.as_str()), (1, "done"), "{item:?}"),
            EffectState::Unknown => assert!(messages <= 1, "{item:?}"),
            EffectState::Skipped => assert!(!planned.included && messages == 0, "{item:?}"),
            _ => panic!("{item:?}"),
        }
    }
    let unknown = states.iter().filter(|item| item.state == EffectState::Unknown).count();
    assert!(faults.contains("no_idempotency") || unknown == 0, "{unknown} unknown although the desk dedupes");
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_dies_in_the_middle_and_comes_back() {
    let mut desk = Desk::start(2_000, "").await;
    let (_place, account) = online(&desk).await;
    desk.fail_with("latency=60").await;
    let plan = plan(&account, matching(INCIDENT), mass(), None).await.unwrap();
    let id = confirmed(&account, &plan).await;
    until("the first ones were sent", || job(&account, id).counts.applied > 0).await;
    desk.stop().await;
    until("it waits", || job(&account, id).pause == Some(PauseReason::Offline)).await;
    assert!(job(&account, id).counts.open() > 0, "stopped too late to show anything");
    desk.come_back().await;
    account.link().try_now();
    until("the job is over", || job(&account, id).state.is_over()).await;
    let row = job(&account, id);
    assert_eq!(row.counts.applied, plan.count() as u64, "{row:?}");
    for item in plan.items.iter().filter(|item| item.included) {
        assert_eq!(received(&desk, &item.id, id).await.0, 1, "{}", item.id);
    }
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_while_the_desk_was_away_is_held() {
    let mut desk = Desk::start(400, "").await;
    let (place, account) = online(&desk).await;
    account.stop().await;
    desk.stop().await;
    let account = place.open(&desk.key).await;
    let reply = plan(&account, matching("is:active channel:email"), mass(), None).await.unwrap();
    let replied = confirmed(&account, &reply).await;
    let put_away =
        plan(&account, matching("is:active channel:chat"), Action::Change { change: done() }, None);
    let put_away = put_away.await.unwrap();
    let changed = confirmed(&account, &put_away).await;
    desk.come_back().await;
    let wrote =
        [&reply, &put_away].map(|plan| plan.items.iter().find(|item| item.included).unwrap().id.clone());
    for id in &wrote {
        desk.customer_writes(id, "It works again").await;
    }
    account.work_until_idle().await.unwrap();
    for (id, plan, customer) in [(replied, &reply, &wrote[0]), (changed, &put_away, &wrote[1])] {
        let row = job(&account, id);
        assert_eq!((row.counts.applied, row.counts.held), (plan.count() as u64 - 1, 1), "{row:?}");
        let (messages, _, status) = received(&desk, customer, id).await;
        assert_eq!((messages, status.as_str()), (0, "active"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_confirms_and_the_holder_sends_once() {
    let desk = Desk::start(400, "").await;
    let (place, holder) = online(&desk).await;
    let other = place.open(&desk.key).await;
    let plan = plan(&other, matching("is:active channel:email"), mass(), None).await.unwrap();
    let id = confirmed(&other, &plan).await;
    assert!(matches!(other.work_until_idle().await, Err(muster_engine::WorkError::Elsewhere)));
    until("the holder sent it", || job(&other, id).state.is_over()).await;
    assert_eq!(job(&other, id).counts.applied, plan.count() as u64);
    for item in plan.items.iter().filter(|item| item.included) {
        assert_eq!(received(&desk, &item.id, id).await.0, 1);
    }
    holder.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_on_the_button_is_a_promise() {
    let desk = Desk::start(400, "").await;
    let (_place, account) = online(&desk).await;
    let plan = plan(&account, matching("is:active channel:email"), mass(), None).await.unwrap();
    let edit = PlanEdit {
        name: Some("Payments are back".into()),
        leave_out: plan.items.iter().take(1).map(|item| item.id.clone()).collect(),
        ..plan.edit()
    };
    let edited = replan(&account, &plan, edit).await.unwrap();
    assert_eq!(
        (edited.revision, edited.count(), edited.name.as_str()),
        (2, plan.count() - 1, "Payments are back")
    );
    for (revision, count) in [(1, edited.count()), (2, plan.count())] {
        let answer = confirm(&account, &edited, revision, count).await.unwrap();
        assert!(
            matches!(answer, Confirmation::Conflict(now) if now.revision == 3 && now.count() == edited.count())
        );
    }
    // A colleague archives one of them meanwhile.
    let gone = edited.items.last().unwrap().id.clone();
    desk.post(
        "/api/_simulate/change",
        json!({ "conversation": gone.as_str(), "by": desk.me, "change": { "status": "archived" } }),
    )
    .await;
    until("the cache knows", || cached(&account, &gone).unwrap().status == Status::Archived).await;
    let Confirmation::Conflict(now) = confirm(&account, &edited, 2, edited.count()).await.unwrap() else {
        panic!("confirmed what was not seen")
    };
    assert_eq!(now.count(), edited.count() - 1);
    let id = confirmed(&account, &now).await;
    assert_eq!(confirmed(&account, &now).await, id, "one plan is one job");
    until("over", || job(&account, id).state.is_over()).await;
    let row = job(&account, id);
    let left_out = row.reasons.iter().find(|reason| reason.code == "left_out").map(|reason| reason.n);
    assert_eq!((row.counts.applied, left_out), (now.count() as u64, Some(1)));
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_the_click_shows_at_once_and_leaves_when_the_desk_is_back() {
    let mut desk = Desk::start(400, "").await;
    let (place, account) = online(&desk).await;
    account.stop().await;
    desk.stop().await;
    let account = place.open(&desk.key).await;
    account.start();
    let before = listed(&account, "is:active").await;
    let chosen = &before[..24];
    let id = act(&account, ids(chosen), Action::Change { change: done() }, Sending::default()).await.unwrap();
    assert_eq!(job(&account, id).name, "24 set to Done");
    assert_eq!(listed(&account, "is:active").await, &before[24..], "shown at once");
    assert_eq!(account.stores().journal.waiting().unwrap().items, 24);
    desk.come_back().await;
    account.link().try_now();
    until("it left", || job(&account, id).state == JobState::Completed).await;
    let thread = desk.get(&format!("/api/conversations/{}", chosen[0])).await;
    assert_eq!(thread["conversation"]["status"], "done");
    let again = act(&account, ids(chosen), Action::Change { change: done() }, Sending::default()).await;
    assert!(matches!(again, Err(PlanError::Nobody(_))), "{again:?}");
    let archived =
        Action::Change { change: Change { status: Some(StatusChange::Archived), ..Change::default() } };
    let final_one = act(&account, ids(&chosen[..1]), archived, Sending::default()).await;
    assert!(matches!(final_one, Err(PlanError::NeedsALook { count: 1 })), "{final_one:?}");
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_writes_to_nobody() {
    let desk = Desk::start(200, "").await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.viewer).await;
    account.start();
    until_online(&account).await;
    let plan = plan(&account, matching("is:active"), mass(), None).await.unwrap();
    assert_eq!(plan.count(), 0);
    assert!(plan.items.iter().all(|item| item.verdict == Verdict::NotPermitted));
    let confirmed = confirm(&account, &plan, plan.revision, 0).await;
    assert!(
        matches!(&confirmed, Err(PlanError::Nobody(why)) if why.contains("may not reply")),
        "{confirmed:?}"
    );
    account.stop().await;
}
