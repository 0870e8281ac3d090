//! Changes, one call after the other without a pause between: while calls are on their way, the outcomes of those before
//! them are written and the next ones are claimed, in one transaction. Two calls are on their way at most, of different
//! conversations, so that the help desk finds its next one when it answered the last; what is to leave behind them is
//! claimed and looked at already, a few calls' worth, so that a slow disk does not make the help desk wait. The first
//! call does not wait for that, and the job ends in the transaction of its last outcomes.
//!
//! For each call the order stays the same: its intent is on the disk before anything of it leaves, its outcome is
//! written after the answer. After a crash two calls may have been on their way instead of one, and what was claimed
//! behind them is taken for what it says, `sending`; what becomes of them is found out by looking, as always, and a change
//! may be set twice. A reply may not, so replies never go ahead.
//!
//! Going ahead ends as soon as anything is not plain: another job is due, something was not applied, the budget is
//! short, the job was stopped. What was claimed ahead and has not left goes back to its place then; a call that began
//! is always waited for.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use muster_helpdesk::{ItemOutcome, NotSent};
use muster_model::{Action, JobId, JobState, RemoteId};
use muster_store::{ClaimedItem, JobRow};
use tokio_util::sync::CancellationToken;

use super::deliver::{Parcel, Refused, refused};
use super::known::{Headers, LastKnown, wanted};
use super::record::{self, Judged};
use super::{Point, Stop, WorkContext, guard, step, use_of};

/// So long one job goes ahead before the worker looks at everything else again.
const LONGEST: Duration = Duration::from_secs(5);
/// What the guard saw so long ago is looked at again before it leaves.
const FRESH: Duration = Duration::from_secs(1);

/// Calls on their way at the same time: one that the help desk works on, and one that it finds when it is done.
const AT_ONCE: usize = 2;
/// As many calls are claimed together.
const AHEAD: usize = 2;
/// And as soon as no more than this are left that may leave.
const FEW: usize = 1;
/// Answers that wait for the next claim at most, to be written with it.
const ANSWERS: usize = 2;

/// One call that was made ready.
struct Call {
    /// It leaves right behind its claim, which only a job that runs can make.
    is_next: bool,
    parcel: Parcel,
    items: Vec<ClaimedItem>,
    /// When the guard looked.
    looked: Instant,
}

/// What was answered and is not in the journal, with the conversations that it is about.
type Answered = (Judged, Vec<RemoteId>);

/// What was claimed.
struct Claimed {
    items: u64,
    /// What of it may leave.
    calls: VecDeque<Call>,
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
    /// The job was stopped: nothing more of it leaves.
    is_halted: bool,
    /// Why nothing more leaves at all.
    stop: Option<Stop>,
    ready: VecDeque<Call>,
    answered: Vec<Answered>,
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
        is_halted: false,
        stop: None,
        ready: VecDeque::new(),
        answered: Vec::new(),
    };
    run.go(cancel).await;
    run.put_back(Vec::new()).await?;
    match run.stop {
        Some(stop) => Err(stop),
        None => Ok(run.did),
    }
}

impl<'a> Run<'a> {
    async fn go(&mut self, cancel: &CancellationToken) {
        let mut flying = FuturesUnordered::new();
        // The first call leaves as soon as it is claimed.
        let mut behind = Some(self.behind(1, false));
        loop {
            while flying.len() < AT_ONCE
                && let Some(call) = self.next_call(cancel).await
            {
                flying.push(send(self.ctx, self.job.id, call));
            }
            // What waits for room may be stopped meanwhile.
            self.ready.iter_mut().for_each(|call| call.is_next = false);
            if behind.is_none() {
                let claims = if cancel.is_cancelled() { 0 } else { self.calls_to_claim() };
                if claims > 0 || self.has_to_write() {
                    let is_last = flying.is_empty() && self.ready.is_empty();
                    behind = Some(self.behind(claims, is_last));
                }
            }
            let over = async {
                match &mut behind {
                    Some(behind) => Some(behind.await),
                    None => None,
                }
            };
            let went = tokio::select! {
                biased;
                Some((call, answer)) = flying.next() => self.came_back(call, answer).await,
                Some(claimed) = over => {
                    behind = None;
                    claimed.map(|claimed| self.take(claimed))
                }
                else => return,
            };
            if let Err(stop) = went {
                self.stops(stop);
            }
        }
    }

    /// Nothing more leaves; what is on its way is waited for. The first reason counts.
    fn stops(&mut self, why: Stop) {
        self.goes_ahead = false;
        self.stop.get_or_insert(why);
    }

    /// The next call that may leave now.
    async fn next_call(&mut self, cancel: &CancellationToken) -> Option<Call> {
        while self.stop.is_none() && !self.is_halted {
            let call = self.ready.pop_front()?;
            match self.may_leave(call, cancel).await {
                Ok(Some(call)) => {
                    self.ctx.pass(Point::BeforeCall).await;
                    return Some(call);
                }
                Ok(None) => {}
                Err(stop) => self.stops(stop),
            }
        }
        None
    }

    /// Looks again where that is needed. None if nothing of it may leave any more, or not now.
    async fn may_leave(&mut self, mut call: Call, cancel: &CancellationToken) -> Result<Option<Call>, Stop> {
        if !call.is_next && (cancel.is_cancelled() || !self.goes_on().await?) {
            (self.is_halted, self.goes_ahead) = (true, false);
            self.ready.push_front(call);
            return Ok(None);
        }
        if call.looked.elapsed() >= FRESH {
            call.looked = Instant::now();
            call.items = guard::look(self.ctx, self.job, call.items, Headers::new()).await?;
        }
        Ok((!call.items.is_empty()).then_some(call))
    }

    /// Writes what was answered; where so many calls are to be claimed, in one transaction with these; where nothing is
    /// left, with the end of the job.
    fn behind(&mut self, claims: usize, is_last: bool) -> BoxFuture<'a, Result<Option<Claimed>, Stop>> {
        let (ctx, job, action) = (self.ctx, self.job, self.action);
        let alone = self.did > 0;
        let (judged, ids): (Vec<Judged>, Vec<Vec<RemoteId>>) =
            std::mem::take(&mut self.answered).into_iter().unzip();
        Box::pin(async move {
            let mut judged = judged;
            let outcomes =
                judged.iter_mut().flat_map(|judged| std::mem::take(&mut judged.recorded)).collect();
            if claims == 0 {
                if is_last && job.released.is_none() {
                    record::write_and_finish(ctx, job.id, outcomes).await?;
                } else {
                    record::write(ctx, outcomes).await?;
                }
                written(ctx, job.id, action, judged, ids).await;
                return Ok(None);
            }
            ctx.pass(Point::BeforeIntent).await;
            let (mut next, me) = step::next(ctx, job, action);
            next.alone = alone;
            next.limit *= claims;
            let wanted = wanted(&action.effects());
            let (refused, claimed, headers) = ctx
                .store(move |stores| {
                    let before = LastKnown::new(stores, &me, next.job, wanted);
                    let (refused, claimed) = stores.journal.record_and_claim(&outcomes, &next, &before)?;
                    step::remember(stores, &claimed)?;
                    Ok((refused, claimed, before.into_headers()))
                })
                .await?;
            record::too_late(&refused);
            written(ctx, job.id, action, judged, ids).await;
            let items = claimed.len() as u64;
            if claimed.is_empty() {
                return Ok(Some(Claimed { items, calls: VecDeque::new() }));
            }
            ctx.pass(Point::AfterIntent).await;
            let looked = Instant::now();
            let claimed = guard::look(ctx, job, claimed, headers).await?;
            Ok(Some(Claimed { items, calls: calls(ctx, job, action, claimed, looked) }))
        })
    }

    fn take(&mut self, claimed: Option<Claimed>) {
        if let Some(Claimed { items, calls }) = claimed {
            self.did += items;
            self.goes_ahead &= items > 0;
            self.ready.extend(calls);
        }
    }

    /// Takes an answer for what it means. It is written while other calls are on their way.
    async fn came_back(&mut self, call: Call, answer: Result<Vec<ItemOutcome>, NotSent>) -> Result<(), Stop> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) => return self.refused(call, why).await,
        };
        self.ctx.pass(Point::AfterCall).await;
        self.ctx.link.reachable();
        let judged = record::judge(self.ctx, self.job, &call.items, answer);
        self.goes_ahead &= judged.is_well();
        self.answered.push((judged, call.items.into_iter().map(|item| item.id).collect()));
        Ok(())
    }

    async fn refused(&mut self, mut call: Call, why: NotSent) -> Result<(), Stop> {
        self.goes_ahead = false;
        call.is_next = false;
        match refused(self.ctx, self.job, &mut call.items, why).await? {
            Refused::Split(items) => {
                let second = Call { parcel: call.parcel.clone(), items, ..call };
                self.ready.push_front(second);
                self.ready.push_front(call);
                Ok(())
            }
            Refused::Recorded => {
                let ids = call.items.into_iter().map(|item| item.id).collect();
                told(self.ctx, self.job.id, self.action, ids).await;
                Ok(())
            }
            Refused::Stop(stop) => {
                self.put_back(call.items).await?;
                Err(stop)
            }
        }
    }

    /// These and everything that is ready go back to their place.
    async fn put_back(&mut self, mut items: Vec<ClaimedItem>) -> Result<(), Stop> {
        items.extend(self.ready.drain(..).flat_map(|call| call.items));
        record::put_back(self.ctx, &items).await?;
        let ids: Vec<RemoteId> = items.into_iter().map(|item| item.id).collect();
        if !ids.is_empty() {
            told(self.ctx, self.job.id, self.action, ids).await;
        }
        Ok(())
    }

    /// How many calls are to be claimed now.
    fn calls_to_claim(&self) -> usize {
        if !self.may_go_ahead() || self.ready.len() > FEW {
            return 0;
        }
        // What is ready, and what is claimed behind it.
        let fits = |calls: usize| {
            self.ctx.pace.wait(use_of(self.job), 0, (self.ready.len() + calls) as u64, 0).is_none()
        };
        (1..=AHEAD).rev().find(|calls| fits(*calls)).unwrap_or_default()
    }

    fn may_go_ahead(&self) -> bool {
        self.goes_ahead && self.began.elapsed() < LONGEST && self.did < self.job.counts.pending
    }

    /// Whether answers are to be written although nothing is claimed with them.
    fn has_to_write(&self) -> bool {
        let is_claimed_soon = self.may_go_ahead() && !self.ready.is_empty();
        self.answered.len() >= ANSWERS || !(self.answered.is_empty() || is_claimed_soon)
    }

    /// Whether the job still runs: somebody may have stopped it meanwhile.
    async fn goes_on(&self) -> Result<bool, Stop> {
        let id = self.job.id;
        let state = self.ctx.store(move |stores| stores.journal.job_state(id)).await?;
        Ok(state == Some(JobState::Running))
    }
}

async fn send(ctx: &WorkContext, job: JobId, call: Call) -> (Call, Result<Vec<ItemOutcome>, NotSent>) {
    let answer = call.parcel.call(ctx, job, &call.items).await;
    (call, answer)
}

/// Makes calls of what may leave.
fn calls(
    ctx: &WorkContext,
    job: &JobRow,
    action: &Action,
    claimed: Vec<ClaimedItem>,
    looked: Instant,
) -> VecDeque<Call> {
    let most = ctx.desk.capabilities().max_batch.max(1);
    let mut calls = VecDeque::new();
    for (parcel, mut items) in step::pack(job, action, claimed, &[]) {
        while !items.is_empty() {
            let rest = items.split_off(items.len().min(most));
            calls.push_back(Call { is_next: calls.is_empty(), parcel: parcel.clone(), items, looked });
            items = rest;
        }
    }
    calls
}

/// After outcomes are in the journal.
async fn written(
    ctx: &WorkContext,
    job: JobId,
    action: &Action,
    judged: Vec<Judged>,
    ids: Vec<Vec<RemoteId>>,
) {
    for (judged, ids) in judged.into_iter().zip(ids) {
        ctx.pass(Point::AfterOutcome).await;
        judged.keep(ctx).await;
        told(ctx, job, action, ids).await;
    }
}

async fn told(ctx: &WorkContext, job: JobId, action: &Action, ids: Vec<RemoteId>) {
    ctx.pass(Point::BetweenEffects).await;
    record::tell(ctx, job, action, ids);
}
