//! Plans against a real desk: who wrote meanwhile, who matches now, drafts, files, schedules, tests to myself.

use jiff::SignedDuration;
use muster_engine::{
    Account, Clock, Confirmation, Plan, PlanEdit, PlanError, PlanItem, SystemClock, act, add_matching,
    attach, confirm, more_matching, open_saved_plan, plan, replan, save_plan, test_message,
};
use muster_model::{
    Action, Change, Drip, Interval, IntervalUnit, JobState, Priority, RemoteId, Selection, Sending,
    StatusChange, Verdict, When,
};

use crate::desk::{Desk, Place, cached, listed, until, until_online};

fn reply(text: &str, mass: bool) -> Action {
    Action::Reply { text: text.into(), mass, then: Change::default(), files: Vec::new(), approved: None }
}

fn matching(filter: &str) -> Selection {
    Selection::AllMatching { filter: filter.into(), except: Vec::new() }
}

async fn online(desk: &Desk) -> (Place, Account) {
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    account.start();
    until_online(&account).await;
    (place, account)
}

async fn conflict(account: &Account, plan: &Plan) -> Plan {
    match confirm(account, plan, plan.revision, plan.count()).await.unwrap() {
        Confirmation::Conflict(now) => *now,
        Confirmation::Job(_) => panic!("confirmed what was not seen"),
    }
}

fn answered(plan: &Plan) -> Vec<&RemoteId> {
    let items = plan.items.iter().filter(|item| item.verdict == Verdict::AnsweredMeanwhile);
    items.map(|item| &item.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_since_the_plan_is_shown_before_anything_leaves() {
    let desk = Desk::start(400, "").await;
    let (_place, account) = online(&desk).await;
    let mut first =
        plan(&account, matching("is:active channel:email"), reply("Hello", true), None).await.unwrap();
    first.sending.when = When::At { at: SystemClock.now() + SignedDuration::from_hours(1) };
    let wrote = first.items.iter().find(|item| item.included).unwrap().clone();
    desk.customer_writes(&wrote.id, "It works again").await;
    until("the cache knows", || cached(&account, &wrote.id).unwrap().stamp > wrote.conversation.stamp).await;
    let now = conflict(&account, &first).await;
    assert_eq!(answered(&now), [&wrote.id]);
    assert_eq!(now.count(), first.count(), "sent all the same unless dropped");
    // What was seen once does not ask again.
    let answer = confirm(&account, &now, now.revision, now.count()).await.unwrap();
    let Confirmation::Job(job) = answer else { panic!("asked twice") };
    let row = account.stores().journal.job(job).unwrap().unwrap();
    assert_eq!(row.state, JobState::Scheduled);
    let audience = account.stores().journal.job_audience(job).unwrap();
    let kept = audience.iter().find(|item| item.id == wrote.id).unwrap();
    assert!(kept.last_inbound > wrote.conversation.last_inbound.map(|at| at.as_millisecond()));
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_matches_now_can_be_added() {
    let desk = Desk::start(400, "").await;
    let (_place, account) = online(&desk).await;
    let chosen = listed(&account, "is:active channel:email").await[..3].to_vec();
    let tag = Change { add_tags: vec!["outage".into()], ..Change::default() };
    let some = Selection::Ids { ids: chosen[..2].to_vec() };
    act(&account, some, Action::Change { change: tag.clone() }, Sending::default()).await.unwrap();
    let first = plan(&account, matching("tag:outage"), reply("Hello", true), None).await.unwrap();
    assert_eq!((first.items.len(), more_matching(&account, &first).await.unwrap()), (2, 0));
    let last = Selection::Ids { ids: chosen[2..].to_vec() };
    act(&account, last, Action::Change { change: tag }, Sending::default()).await.unwrap();
    assert_eq!(more_matching(&account, &first).await.unwrap(), 1);
    let more = add_matching(&account, &first).await.unwrap();
    assert_eq!((more.items.len(), more.revision), (3, first.revision + 1));
    assert_eq!(more.items[..2], first.items[..], "who is in it stays as seen");
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_kept_for_later_opens_as_it_was_and_is_sent_once() {
    let desk = Desk::start(400, "").await;
    let (_place, account) = online(&desk).await;
    let first = plan(
        &account,
        matching("is:active channel:email"),
        reply("Locker {{contact.custom_fields.locker}}", true),
        None,
    );
    let first = first.await.unwrap();
    let left_out = first.items[0].id.clone();
    let empty = |item: &&PlanItem| item.verdict == Verdict::EmptyField && item.id != left_out;
    let filled = first.items.iter().find(empty).unwrap();
    let (filled, tag) = (filled.id.clone(), filled.missing[0].clone());
    let edit = PlanEdit {
        name: Some("Outage".into()),
        leave_out: [left_out.clone()].into(),
        drop: [Verdict::Silent].into(),
        fills: [(filled.clone(), [(tag, "none yet".to_owned())].into())].into(),
        sending: Sending { when: tomorrow(), canary: Some(2), ..Sending::default() },
        once_per_person: true,
        ..first.edit()
    };
    let edited = replan(&account, &first, edit).await.unwrap();
    let filled = edited.items.iter().find(|item| item.id == filled).unwrap();
    assert!(filled.verdict.takes_part() && filled.values == ["none yet"], "{filled:?}");
    let draft = save_plan(&account, &edited).await.unwrap();
    let row = account.stores().journal.job(draft).unwrap().unwrap();
    assert_eq!((row.state, row.name.as_str()), (JobState::Draft, "Outage"));
    let opened = open_saved_plan(&account, draft).await.unwrap();
    assert_eq!((opened.saved_as, opened.count()), (Some(draft), edited.count()));
    assert_eq!(
        (&opened.sending, &opened.fills, &opened.leave_out),
        (&edited.sending, &edited.fills, &edited.leave_out)
    );
    let twice = open_saved_plan(&account, draft).await.unwrap();
    let answer = confirm(&account, &opened, opened.revision, opened.count()).await.unwrap();
    let Confirmation::Job(job) = answer else { panic!("{answer:?}") };
    assert_eq!(account.stores().journal.job(job).unwrap().unwrap().state, JobState::Scheduled);
    assert_eq!(account.stores().journal.job(draft).unwrap(), None);
    let again = confirm(&account, &twice, twice.revision, twice.count()).await;
    assert!(matches!(again, Err(PlanError::DraftIsGone)), "{again:?}");
    account.stop().await;
}

fn tomorrow() -> When {
    When::At { at: SystemClock.now() + SignedDuration::from_hours(24) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_begins_as_its_schedule_says() {
    let desk = Desk::start(400, "").await;
    let (_place, account) = online(&desk).await;
    let every = Interval { n: 5, unit: IntervalUnit::Hours };
    let start = SystemClock.now() + SignedDuration::from_hours(1);
    let drip = Drip { start, batch: 5, every, days: Vec::new(), window: None, zone: "UTC".into() };
    let cases = [
        (Sending { hold: 3600, ..Sending::default() }, JobState::Holding),
        (Sending { when: tomorrow(), ..Sending::default() }, JobState::Scheduled),
        (Sending { when: When::Drip(drip), ..Sending::default() }, JobState::Scheduled),
    ];
    for (sending, state) in cases {
        let mut made = plan(&account, matching("is:active"), reply("Hello", true), None).await.unwrap();
        made.sending = sending;
        let answer = confirm(&account, &made, made.revision, made.count()).await.unwrap();
        let Confirmation::Job(job) = answer else { panic!("{answer:?}") };
        let row = account.stores().journal.job(job).unwrap().unwrap();
        let due = made.sending.first(row.created).unwrap();
        assert_eq!((row.state, row.due.as_second()), (state, due.as_second()));
    }
    let mut over = plan(&account, matching("is:active"), reply("Hello", true), None).await.unwrap();
    over.sending.when = When::At { at: SystemClock.now() - SignedDuration::from_hours(1) };
    let refused = confirm(&account, &over, over.revision, over.count()).await;
    assert!(matches!(refused, Err(PlanError::TimeIsOver(_))), "{refused:?}");
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_comes_from_all_channels() {
    let desk = Desk::start(400, "").await;
    let (_place, account) = online(&desk).await;
    let mut made = plan(&account, matching("is:active"), reply("Hello", true), None).await.unwrap();
    made.sending = Sending { when: tomorrow(), canary: Some(4), ..Sending::default() };
    let answer = confirm(&account, &made, made.revision, made.count()).await.unwrap();
    let Confirmation::Job(job) = answer else { panic!("{answer:?}") };
    let audience = account.stores().journal.job_audience(job).unwrap();
    let mut first: Vec<_> = audience[..4].iter().map(|item| &item.channel).collect();
    first.sort();
    first.dedup();
    assert!(audience[..4].iter().all(|item| item.takes_part) && first.len() == 4, "{first:?}");
    assert_eq!(audience.len(), made.items.len());
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_waits_in_the_journal() {
    let desk = Desk::start(200, "").await;
    let (_place, account) = online(&desk).await;
    let file = attach(&account, " report.pdf ", "", b"pdf".to_vec()).await.unwrap();
    assert_eq!(
        (file.name.as_str(), file.mime.as_str(), file.size),
        ("report.pdf", "application/octet-stream", 3)
    );
    assert_eq!(attach(&account, "report.pdf", "", b"pdf".to_vec()).await.unwrap(), file, "kept once");
    assert_eq!(account.stores().journal.file(&file.id).unwrap().unwrap().bytes, b"pdf");
    let large = attach(&account, "film.mov", "", vec![0; 25 * 1024 * 1024 + 1]).await;
    assert!(matches!(&large, Err(PlanError::File(why)) if why.contains("25 MB")), "{large:?}");
    let lost = muster_model::FileRef { id: "gone".into(), ..file };
    let action = Action::Reply {
        text: "Hello".into(),
        mass: true,
        then: Change::default(),
        files: vec![lost],
        approved: None,
    };
    let made = plan(&account, matching("is:active"), action, None).await.unwrap();
    let refused = confirm(&account, &made, made.revision, made.count()).await;
    assert!(matches!(&refused, Err(PlanError::File(why)) if why.contains("report.pdf")), "{refused:?}");
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_comes_to_me_and_to_nobody_else() {
    let desk = Desk::start(200, "").await;
    let (_place, account) = online(&desk).await;
    let made =
        plan(&account, matching("is:active channel:email"), reply("Hello {{customer_name}}", true), None);
    let made = made.await.unwrap();
    assert!(made.can_test());
    let id = made.items.iter().find(|item| item.included).unwrap().id.clone();
    let said = test_message(&account, &made, &id).await.unwrap();
    assert_eq!(said, format!("Sent to {}", desk.me));
    let thread = desk.get(&format!("/api/conversations/{id}")).await;
    assert!(thread["messages"].as_array().unwrap().iter().all(|message| message["client_ref"].is_null()));
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn priority_all_tags_block_and_delete_can_be_planned() {
    let desk = Desk::start(200, "").await;
    let (_place, account) = online(&desk).await;
    let first = listed(&account, "is:active tag:vip").await[..1].to_vec();
    let ids = || Selection::Ids { ids: first.clone() };
    let change = Change { priority: Some(Priority::Urgent), remove_all_tags: true, ..Change::default() };
    act(&account, ids(), Action::Change { change }, Sending::default()).await.unwrap();
    until("it is so", || {
        let now = cached(&account, &first[0]).unwrap();
        now.priority == Priority::Urgent && now.tags.is_empty()
    })
    .await;
    for change in [
        Change { block: true, ..Change::default() },
        Change { delete: true, ..Change::default() },
        Change { status: Some(StatusChange::Archived), ..Change::default() },
    ] {
        let on_the_click = act(&account, ids(), Action::Change { change }, Sending::default()).await;
        assert!(matches!(on_the_click, Err(PlanError::NeedsALook { count: 1 })), "{on_the_click:?}");
    }
    account.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_in_a_new_process_knows_what_the_help_desk_can_do() {
    let mut desk = Desk::start(60, "").await;
    let (place, account) = online(&desk).await;
    account.stop().await;
    desk.stop().await;
    // As musterctl does: nobody asked the desk in this process, and nobody could.
    let fresh = place.open(&desk.key).await;
    let ids = listed(&fresh, "is:active channel:email").await[..2].to_vec();
    let delete = Action::Change { change: Change { delete: true, block: true, ..Change::default() } };
    let deleting = plan(&fresh, Selection::Ids { ids: ids.clone() }, delete, None).await.unwrap();
    assert_eq!(deleting.count(), 2, "{:?}", deleting.items[0].verdict);
    let file = attach(&fresh, "a.txt", "text/plain", b"hello".to_vec()).await.unwrap();
    let with_file = Action::Reply {
        text: "Hello".into(),
        mass: true,
        then: Change::default(),
        files: vec![file],
        approved: None,
    };
    let writing = plan(&fresh, Selection::Ids { ids }, with_file, None).await.unwrap();
    assert!(writing.items.iter().all(|item| item.with_files), "{:?}", writing.items[0].verdict);
}
