//! Jobs from the plan to the record: what a window shows of them and does with them.

use muster_app::wire::{
    AccountRef, ChangeView, ConfirmRequest, EditPlan, JobDetail, JobItemsRequest, JobRef, JobsRequest,
    PlanRequest, PlanView, SelectionView, SendingView, UndoRequest,
};

use crate::bench::Bench;

impl Bench {
    async fn plan_for(&self, ids: &[String], change: ChangeView, reply: Option<&str>) -> PlanView {
        let selection = SelectionView { ids: Some(ids.to_vec()), filter: None, except: vec![] };
        let reply = reply.map(str::to_owned);
        self.app.plan(PlanRequest { account: self.account.clone(), selection, change, reply }).await.unwrap()
    }

    /// Confirms a plan that leaves like this.
    async fn confirm(&self, plan: PlanView, sending: SendingView) -> JobRef {
        let edit = EditPlan {
            plan: plan.plan,
            name: Some("Outage".into()),
            change: plan.change,
            reply: plan.reply,
            drop: vec![],
            leave_out: vec![],
            sending,
            files: vec![],
            fills: vec![],
            once_per_person: false,
            approved: None,
        };
        let plan = self.app.edit_plan(edit).await.unwrap();
        assert_eq!(plan.schedule_error, None);
        let request = ConfirmRequest { plan: plan.plan, revision: plan.revision, count: plan.count };
        let job = self.app.confirm(request).await.unwrap().job.unwrap();
        JobRef { account: self.account.clone(), job }
    }

    async fn detail(&self, job: &JobRef) -> JobDetail {
        self.app.job(job.clone()).await.unwrap()
    }

    async fn until_state(&self, job: &JobRef, state: &str) -> JobDetail {
        self.until(state, async || self.detail(job).await.job.state == state).await;
        self.detail(job).await
    }
}

fn at_once() -> SendingView {
    SendingView { mode: "at_once".into(), hold: Some(0), ..SendingView::default() }
}

fn all(bench: &Bench) -> JobsRequest {
    JobsRequest {
        account: bench.account.clone(),
        limit: 50,
        before: None,
        since: None,
        until: None,
        states: vec![],
        types: vec![],
        by: None,
    }
}

#[tokio::test]
async fn a_change_is_shown_whole_and_given_back() {
    let bench = Bench::start().await;
    let ids: Vec<String> = bench.ids("status=active&channel=email").await.into_iter().take(12).collect();
    let change = ChangeView { status: Some("done".into()), ..ChangeView::default() };
    let plan = bench.plan_for(&ids, change, None).await;
    let job = bench.confirm(plan, at_once()).await;
    let detail = bench.until_state(&job, "completed").await;
    assert_eq!((detail.job.icon.as_str(), detail.job.title.as_str()), ("status", "Status"));
    assert_eq!(
        (detail.job.result.as_str(), detail.does),
        ("12 set to Done", vec!["Status → Done".to_owned()])
    );
    assert_eq!(detail.slots.iter().map(|slot| slot.applied).sum::<u32>(), 12);
    assert_eq!((detail.channels[0].channel.as_str(), detail.channels[0].applied), ("email", 12));
    assert_eq!((detail.job.may.undo, detail.job.may.undo_label.as_str()), (Some(12), "Undo Done on 12…"));

    let request = JobItemsRequest {
        account: bench.account.clone(),
        job: job.job.clone(),
        state: Some("applied".into()),
        offset: 10,
        limit: 5,
    };
    let page = bench.app.job_items(request).await.unwrap();
    assert_eq!((page.total, page.items.len()), (12, 2));
    let item = &page.items[0];
    assert_eq!((item.outcome.as_str(), item.can_undo), ("Now Done", true));
    assert_eq!(item.before_after, ["Active → Done"]);

    let undo =
        UndoRequest { account: bench.account.clone(), job: job.job.clone(), ids: Some(ids[..2].to_vec()) };
    let undo = bench.app.undo_job(undo).await.unwrap();
    assert_eq!((undo.title.as_str(), undo.total), ("Undo of Outage", 2));
    bench.until_state(&JobRef { job: undo.id.clone(), ..job.clone() }, "completed").await;
    let related = bench.detail(&job).await.related;
    assert_eq!((related[0].id.as_str(), related[0].relation.as_str()), (undo.id.as_str(), "Undone by"));
    let of_type = JobsRequest { types: vec!["undo".into()], ..all(&bench) };
    let listed = bench.app.jobs(of_type).await.unwrap();
    assert_eq!((listed.total, listed.jobs[0].id.as_str(), listed.people.len()), (1, undo.id.as_str(), 1));

    // An undo that is itself undone gives nothing back.
    assert_eq!(bench.detail(&job).await.job.undone, 2);
    let again = UndoRequest { account: bench.account.clone(), job: undo.id.clone(), ids: None };
    let again = bench.app.undo_job(again).await.unwrap();
    bench.until_state(&JobRef { job: again.id, ..job.clone() }, "completed").await;
    let listed = bench.app.jobs(all(&bench)).await.unwrap().jobs;
    let undone = |id: &str| listed.iter().find(|one| one.id == id).map(|one| one.undone);
    assert_eq!((undone(&job.job), undone(&undo.id)), (Some(0), Some(2)));
    bench.stop().await;
}

#[tokio::test]
async fn the_first_few_are_looked_at_before_the_rest() {
    let bench = Bench::start().await;
    let ids: Vec<String> = bench.ids("status=active&channel=email").await.into_iter().take(8).collect();
    let plan = bench.plan_for(&ids, ChangeView::default(), Some("We are back.")).await;
    let n = plan.count;
    let job = bench.confirm(plan, SendingView { canary: Some(3), ..at_once() }).await;
    let waits = bench.until_state(&job, "paused").await.job;
    assert!(waits.canary_waits, "{}", waits.state_text);
    assert_eq!((waits.counts.applied, waits.counts.pending), (3, n - 3));
    assert_eq!(waits.may.resume_label, format!("Send to the other {}", n - 3));
    assert_eq!(waits.schedule, "3 first");
    let outbox = bench.app.outbox(AccountRef { account: bench.account.clone() }).await.unwrap();
    assert_eq!((outbox.total, outbox.items[0].text.as_str()), (n - 3, "We are back."));
    assert_eq!(outbox.items[0].why, "The first few are out: waits for you");

    bench.app.resume_job(job.clone()).await.unwrap();
    let done = bench.until_state(&job, "completed").await.job;
    assert_eq!((done.counts.applied, done.may.again), (n, n));
    let spot = bench.app.job_spot_check(job.clone()).await.unwrap().people;
    assert_eq!(spot.len() as u32, n);
    assert!(spot.iter().all(|one| one.state.as_deref() == Some("applied") && one.text == "We are back."));
    let again = bench.app.write_again(job.clone()).await.unwrap();
    assert_eq!((again.total, again.from_job), (n, Some(job.job.clone())));
    bench.stop().await;
}

#[tokio::test]
async fn what_is_stopped_says_exactly_what_was_not_sent() {
    let bench = Bench::start().await;
    let ids: Vec<String> = bench.ids("status=active&channel=email").await.into_iter().take(5).collect();
    let plan = bench.plan_for(&ids, ChangeView::default(), Some("Later.")).await;
    let n = plan.count;
    let sending =
        SendingView { mode: "at".into(), at: Some("tomorrow at 9am".into()), ..SendingView::default() };
    let job = bench.confirm(plan, sending).await;
    let scheduled = bench.detail(&job).await;
    assert_eq!(scheduled.job.may.cancel_label, format!("Stop: {n} will not be sent"));
    assert_eq!(scheduled.slots.iter().map(|slot| slot.planned).sum::<u32>(), n);
    assert_eq!(bench.app.jobs(all(&bench)).await.unwrap().open.scheduled, 1);
    let paused = bench.app.pause_job(job.clone()).await.unwrap();
    assert_eq!((paused.job.state.as_str(), paused.message), ("paused", format!("{n} wait")));
    let stopped = bench.app.cancel_job(job.clone()).await.unwrap();
    assert_eq!((stopped.message, stopped.conversation), (format!("{n} will not be sent"), None));
    assert_eq!(stopped.job.result, format!("{n} cancelled"));
    let attention = bench.app.attention(AccountRef { account: bench.account.clone() }).await.unwrap();
    assert_eq!((attention.items.len(), attention.overdue.len()), (0, 0));
    bench.stop().await;
}
