//! Everything that the detail of a job shows above its table.

use jiff::Timestamp;
use muster_engine::{Account, sentence};
use muster_model::{Action, EffectState, JobId, RemoteId, Status, StatusChange};
use muster_store::{ItemOutcome, ItemRow, JobRow, StoreError};

use super::chart::{Chart, chart};
use super::items::receipt;
use super::planned::{Pace, pace, planned};
use super::view::relation_words;
use crate::sending::sending_view;
use crate::wire::{Ability, JobChannel, JobDetail, JobRef, JobView, RelatedJob};
use crate::{App, UiError};

/// How long what happens to a conversation counts as an answer to the job.
const WATCH: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

impl App {
    /// One job in detail.
    ///
    /// # Errors
    /// When there is no such job or a database cannot be read.
    pub async fn job(&self, request: JobRef) -> Result<JobDetail, UiError> {
        let account = self.account_of(&request.account).await?;
        let row = self.job_row(&account, &request.job).await?;
        let (journal, id) = (account.stores().journal.clone(), row.id);
        let outcomes = self.blocking(move || journal.job_outcomes(id)).await?;
        let now = account.clock().now();
        let ended = outcomes.iter().filter(|outcome| ended(&outcome.state)).filter_map(|outcome| outcome.at);
        let pace = pace(&row, ended, now);
        let points: Vec<(Timestamp, EffectState)> =
            outcomes.iter().filter_map(|outcome| Some((outcome.at?, outcome.state.clone()))).collect();
        let Chart { slots, slot_seconds } = chart(&points, &planned(&row, pace, now));
        let job = self.view_of(&account, row.clone()).await?;
        Ok(JobDetail {
            sending: sending_view(&row.sending),
            text: row.action.as_ref().and_then(Action::text).map(str::to_owned),
            does: row.action.as_ref().map(sentence::does).unwrap_or_default(),
            pace: pace.map(|pace| pace_text(&account, pace)),
            slots,
            slot_seconds,
            channels: channels(&outcomes),
            since: self.since(&account, &row).await?,
            related: self.related(&account, &row).await?,
            remark: self.remark(&account, &job, row.id).await?,
            job,
        })
    }

    /// What happened since to those whom it reached, as far as the cache knows. Nothing while it runs.
    async fn since(&self, account: &Account, row: &JobRow) -> Result<Vec<Ability>, UiError> {
        let (is_reply, to) = match &row.action {
            Some(Action::Reply { then, .. }) => (true, then.status),
            Some(Action::Change { change }) => (false, change.status),
            _ => return Ok(Vec::new()),
        };
        let puts_away = to.is_some_and(|status| status != StatusChange::Active);
        if !row.state.is_over() || row.counts.applied == 0 || !(is_reply || puts_away) {
            return Ok(Vec::new());
        }
        let (stores, id, all) = (account.stores().clone(), row.id, row.total);
        let figures = self
            .blocking(move || {
                let limit = usize::try_from(all).unwrap_or(usize::MAX);
                let (items, _) = stores.journal.items_page(id, &[EffectState::Applied], 0, limit)?;
                since(&stores, &items)
            })
            .await?;
        let line = |title: &str, n: u64, state: &str| Ability {
            title: title.to_owned(),
            detail: sentence::grouped(n),
            state: state.to_owned(),
        };
        let mut lines = Vec::new();
        // A help desk that never says how far a message came says nothing about this one either.
        if is_reply && figures.delivered + figures.failed > 0 {
            lines.push(line("Delivered", figures.delivered, "yes"));
            lines.push(line("Bounced", figures.failed, if figures.failed > 0 { "no" } else { "yes" }));
        }
        lines.push(line("Customer replied", figures.replied, "yes"));
        if puts_away {
            lines.push(line("Reopened", figures.reopened, "yes"));
        }
        Ok(lines)
    }

    /// What the figures do not say: what cannot be retried, whom a follow-up reaches.
    async fn remark(&self, account: &Account, job: &JobView, id: JobId) -> Result<Option<String>, UiError> {
        let mut parts = Vec::new();
        if job.finished.is_some() && job.counts.rejected > 0 {
            parts.extend(muster_engine::retry_remark(account, id).await?);
        }
        if job.may.again > 0 && job.may.again < job.total {
            parts.push(format!("A follow-up goes only to the {} who received the message.", job.may.again));
        }
        Ok((!parts.is_empty()).then(|| parts.join(" ")))
    }

    /// The job that this one belongs to, and those that belong to this one.
    async fn related(&self, account: &Account, row: &JobRow) -> Result<Vec<RelatedJob>, UiError> {
        let (journal, id, origin) = (account.stores().journal.clone(), row.id, row.origin.clone());
        self.blocking(move || {
            let mut related = Vec::new();
            if let Some(origin) = origin
                && let Some(earlier) = journal.job(origin.job)?
            {
                related.push(related_job(&earlier, relation_words(&origin.relation).0));
            }
            for later in journal.jobs_pointing_to(id)? {
                if let Some(origin) = &later.origin {
                    related.push(related_job(&later, relation_words(&origin.relation).1));
                }
            }
            Ok(related)
        })
        .await
    }
}

fn related_job(job: &JobRow, relation: &str) -> RelatedJob {
    RelatedJob { id: job.id.to_string(), name: job.name.clone(), relation: relation.to_owned() }
}

fn ended(state: &EffectState) -> bool {
    matches!(state, EffectState::Applied | EffectState::Rejected | EffectState::Unknown)
}

/// "60 a minute, finishes about 14:34"
fn pace_text(account: &Account, pace: Pace) -> String {
    let ends = pace.ends.to_zoned(account.clock().zone());
    format!("{} a minute, finishes about {}", sentence::grouped(pace.per_minute), ends.strftime("%H:%M"))
}

/// Outcomes by channel, the channel with most recipients first. Those who take no part do not count.
fn channels(outcomes: &[ItemOutcome]) -> Vec<JobChannel> {
    let mut channels: Vec<JobChannel> = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.state != EffectState::Skipped) {
        let word = outcome.channel.to_string();
        let place = channels.iter().position(|channel| channel.channel == word).unwrap_or_else(|| {
            channels.push(JobChannel { channel: word, total: 0, applied: 0, rejected: 0, unknown: 0 });
            channels.len() - 1
        });
        let channel = &mut channels[place];
        channel.total += 1;
        match outcome.state {
            EffectState::Applied => channel.applied += 1,
            EffectState::Rejected => channel.rejected += 1,
            EffectState::Unknown => channel.unknown += 1,
            _ => {}
        }
    }
    channels.sort_by_key(|channel| std::cmp::Reverse(channel.total));
    channels
}

/// What became of those whom a job reached.
#[derive(Debug, Default, PartialEq)]
struct Since {
    delivered: u64,
    failed: u64,
    replied: u64,
    reopened: u64,
}

fn since(stores: &muster_engine::Stores, items: &[ItemRow]) -> Result<Since, StoreError> {
    let sent: Vec<(RemoteId, String)> =
        items.iter().filter_map(|item| Some((item.id.clone(), receipt(item)?))).collect();
    let deliveries = stores.cache.deliveries(&sent)?;
    let mut figures =
        Since { delivered: deliveries.delivered, failed: deliveries.failed, ..Since::default() };
    let ids: Vec<RemoteId> = items.iter().map(|item| item.id.clone()).collect();
    let now = stores.cache.conversations(&ids)?;
    let now: std::collections::HashMap<&RemoteId, _> = now.iter().map(|found| (&found.id, found)).collect();
    for item in items {
        let (Some(found), Some(at)) =
            (now.get(&item.id), item.effects.iter().filter_map(|effect| effect.finished).max())
        else {
            continue;
        };
        let answered =
            found.last_inbound.is_some_and(|inbound| inbound > at && inbound.duration_since(at) <= WATCH);
        figures.replied += u64::from(answered);
        figures.reopened += u64::from(answered && found.status == Status::Active);
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use muster_model::Channel;

    use super::*;

    #[test]
    fn channels_count_those_who_take_part() {
        let outcome = |channel: Channel, state: EffectState| ItemOutcome { no: 0, channel, state, at: None };
        let channels = channels(&[
            outcome(Channel::Sms, EffectState::Unknown),
            outcome(Channel::Email, EffectState::Applied),
            outcome(Channel::Email, EffectState::Pending),
            outcome(Channel::Voice, EffectState::Skipped),
        ]);
        let figures: Vec<(&str, u32, u32, u32)> = channels
            .iter()
            .map(|channel| (channel.channel.as_str(), channel.total, channel.applied, channel.unknown))
            .collect();
        assert_eq!(figures, [("email", 2, 1, 0), ("sms", 1, 0, 1)]);
    }
}
