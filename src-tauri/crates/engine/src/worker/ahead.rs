//! Changes, one call after the other without a pause between: while a call is on its way, the outcomes of the one before
//! it are written and the next chunk is claimed, in one transaction.
//!
//! For each chunk the order stays the same: its intent is on the disk before anything of it leaves, its outcome is
//! written after the answer. After a crash two calls may have been on their way instead of one; what becomes of them is
//! found out by looking, as always, and a change may be set twice. A reply may not, so replies never go ahead.
//!
//! Going ahead ends as soon as anything is not plain: another job is due, something was not applied, the budget is
//! short, the job was stopped. What was claimed ahead and has not left goes back to its place then.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use muster_helpdesk::{ItemOutcome, NotSent};
use muster_model::{Action, JobState, RemoteId};
use muster_store::{ClaimedItem, JobRow};
use tokio_util::sync::CancellationToken;

use super::deliver::{Parcel, Refused, refused};
use super::known::{Headers, LastKnown};
use super::record::{self, Judged};
use super::{Point, Stop, WorkContext, guard, step, use_of};

/// So long one job goes ahead before the worker looks at everything else again.
const LONGEST: Duration = Duration::from_secs(5);
/// What the guard saw so long ago is looked at again before it leaves.
const FRESH: Duration = Duration::from_secs(1);

/// One call that was made ready.
struct Call {
    parcel: Parcel,
    items: Vec<ClaimedItem>,
    /// When the guard looked.
    looked: Instant,
}

/// A job on its way.
struct Run<'a> {
    ctx: &'a WorkContext,
    job: &'a JobRow,
    action: &'a Action,
    began: Instant,
    /// Items that were claimed.
    did: u64,
    /// Whether the next chunk may be claimed while a call is on its way.
    goes_ahead: bool,
    ready: VecDeque<Call>,
    /// What was answered and is not in the journal.
    answered: Option<(Judged, Vec<RemoteId>)>,
}

/// Claims and sends chunks of a job until one is not plain, or nothing of it is left to claim; says how many items it
/// was.
pub(super) async fn run(
    ctx: &WorkContext,
    job: &JobRow,
    action: &Action,
    cancel: &CancellationToken,
) -> Result<u64, Stop> {
    let mut run = Run {
        ctx,
        job,
        action,
        began: Instant::now(),
        did: 0,
        // A few first, or a batch at a time: somebody or the clock says when the next one may leave.
        goes_ahead: job.released.is_none(),
        ready: VecDeque::new(),
        answered: None,
    };
    let went = run.go(cancel).await;
    run.write().await?;
    run.put_back(Vec::new()).await?;
    went.map(|()| run.did)
}

impl Run<'_> {
    async fn go(&mut self, cancel: &CancellationToken) -> Result<(), Stop> {
        self.behind(true).await?;
        let mut is_first = true;
        while let Some(call) = self.ready.pop_front() {
            if !is_first && (cancel.is_cancelled() || !self.goes_on().await?) {
                self.ready.push_front(call);
                return Ok(());
            }
            is_first = false;
            if let Some(call) = self.look_again(call).await? {
                self.send(call).await?;
            }
        }
        Ok(())
    }

    /// One call, with everything that can be done while it is on its way.
    async fn send(&mut self, mut call: Call) -> Result<(), Stop> {
        let (ctx, job) = (self.ctx, self.job);
        ctx.pass(Point::BeforeCall).await;
        let claims = self.ready.is_empty() && self.may_go_ahead();
        let (answer, behind) = tokio::join!(call.parcel.call(ctx, job.id, &call.items), self.behind(claims));
        match answer {
            Ok(answer) => self.answered(&call.items, answer).await?,
            Err(why) => self.refused(&mut call, why).await?,
        }
        behind
    }

    /// Writes what the call before said, and claims and prepares what comes next.
    async fn behind(&mut self, claims: bool) -> Result<(), Stop> {
        if !claims {
            return self.write().await;
        }
        let ctx = self.ctx;
        ctx.pass(Point::BeforeIntent).await;
        let (mut judged, ids) = self.answered.take().unwrap_or_default();
        let (outcomes, has_news) = (std::mem::take(&mut judged.recorded), !ids.is_empty());
        let (mut next, me) = step::next(ctx, self.job, self.action);
        next.alone = self.did > 0;
        let (refused, claimed, headers) = ctx
            .store(move |stores| {
                let before = LastKnown::new(stores, &me, next.job);
                let (refused, claimed) = stores.journal.record_and_claim(&outcomes, &next, &before)?;
                step::remember(stores, &claimed)?;
                Ok((refused, claimed, before.into_headers()))
            })
            .await?;
        record::too_late(&refused);
        if has_news {
            self.written(judged, ids).await;
        }
        if claimed.is_empty() {
            self.goes_ahead = false;
            return Ok(());
        }
        ctx.pass(Point::AfterIntent).await;
        self.did += claimed.len() as u64;
        let looked = Instant::now();
        let claimed = guard::look(ctx, self.job, claimed, headers).await?;
        let most = ctx.desk.capabilities().max_batch.max(1);
        for (parcel, mut items) in step::pack(self.job, self.action, claimed, &[]) {
            while items.len() > most {
                let rest = items.split_off(most);
                let items = std::mem::replace(&mut items, rest);
                self.ready.push_back(Call { parcel: parcel.clone(), items, looked });
            }
            self.ready.push_back(Call { parcel, items, looked });
        }
        Ok(())
    }

    /// Takes an answer for what it means. It is written while the next call is on its way, if all of it is well.
    async fn answered(&mut self, items: &[ClaimedItem], answer: Vec<ItemOutcome>) -> Result<(), Stop> {
        self.ctx.pass(Point::AfterCall).await;
        self.ctx.link.reachable();
        let judged = record::judge(self.ctx, self.job, items, answer);
        let is_well = judged.is_well();
        self.answered = Some((judged, items.iter().map(|item| item.id.clone()).collect()));
        if !is_well {
            self.goes_ahead = false;
            self.write().await?;
        }
        Ok(())
    }

    async fn refused(&mut self, call: &mut Call, why: NotSent) -> Result<(), Stop> {
        self.goes_ahead = false;
        let looked = call.looked;
        match refused(self.ctx, self.job, &mut call.items, why).await? {
            Refused::Split(items) => {
                self.ready.push_front(Call { parcel: call.parcel.clone(), items, looked });
                let items = std::mem::take(&mut call.items);
                self.ready.push_front(Call { parcel: call.parcel.clone(), items, looked });
                Ok(())
            }
            Refused::Recorded => {
                self.told(call.items.iter().map(|item| item.id.clone()).collect()).await;
                Ok(())
            }
            Refused::Stop(stop) => {
                self.put_back(std::mem::take(&mut call.items)).await?;
                Err(stop)
            }
        }
    }

    /// Writes what was answered and is not in the journal yet.
    async fn write(&mut self) -> Result<(), Stop> {
        let Some((mut judged, ids)) = self.answered.take() else { return Ok(()) };
        record::write(self.ctx, std::mem::take(&mut judged.recorded)).await?;
        self.written(judged, ids).await;
        Ok(())
    }

    async fn written(&self, judged: Judged, ids: Vec<RemoteId>) {
        self.ctx.pass(Point::AfterOutcome).await;
        judged.keep(self.ctx).await;
        self.told(ids).await;
    }

    async fn told(&self, ids: Vec<RemoteId>) {
        self.ctx.pass(Point::BetweenEffects).await;
        record::tell(self.ctx, self.job.id, self.action, ids);
    }

    /// These and everything that is ready go back to their place.
    async fn put_back(&mut self, mut items: Vec<ClaimedItem>) -> Result<(), Stop> {
        items.extend(self.ready.drain(..).flat_map(|call| call.items));
        record::put_back(self.ctx, &items).await?;
        let ids: Vec<RemoteId> = items.into_iter().map(|item| item.id).collect();
        if !ids.is_empty() {
            self.told(ids).await;
        }
        Ok(())
    }

    fn may_go_ahead(&self) -> bool {
        self.goes_ahead
            && self.began.elapsed() < LONGEST
            && self.did < self.job.counts.pending
            // This call and the next one.
            && self.ctx.pace.wait(use_of(self.job), 0, 2, 0).is_none()
    }

    /// Whether the job still runs: somebody may have stopped it meanwhile.
    async fn goes_on(&self) -> Result<bool, Stop> {
        let id = self.job.id;
        let state = self.ctx.store(move |stores| stores.journal.job_state(id)).await?;
        Ok(state == Some(JobState::Running))
    }

    /// Lets the guard look again where it last did too long ago. None if nothing of it may leave any more.
    async fn look_again(&self, mut call: Call) -> Result<Option<Call>, Stop> {
        if call.looked.elapsed() >= FRESH {
            call.looked = Instant::now();
            call.items = guard::look(self.ctx, self.job, call.items, Headers::new()).await?;
        }
        Ok((!call.items.is_empty()).then_some(call))
    }
}
