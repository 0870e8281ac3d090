//! The spot check after a job ran: the ten recipients that its plan showed before.

use std::collections::HashMap;

use muster_engine::{sentence, spot_check};
use muster_model::{Conversation, RemoteId, Verdict};

use super::items::reason_text;
use crate::wire::{JobRef, Recipient, SpotCheck, SpotChecked};
use crate::{App, UiError};

impl App {
    /// The ten recipients that were skimmed before, after.
    ///
    /// # Errors
    /// When there is no such job or a database cannot be read.
    pub async fn job_spot_check(&self, request: JobRef) -> Result<SpotCheck, UiError> {
        let account = self.account_of(&request.account).await?;
        let row = self.job_row(&account, &request.job).await?;
        let (stores, job) = (account.stores().clone(), row.id);
        let (audience, items, headers) = self
            .blocking(move || {
                let audience = stores.journal.job_audience(job)?;
                let taking_part = audience.iter().filter(|item| item.takes_part).map(|item| &item.id);
                // A plan and the job that it becomes have the same number, so these are the same ten.
                let drawn: Vec<RemoteId> = spot_check(taking_part, job.0).into_iter().cloned().collect();
                let mut items = HashMap::new();
                for (offset, member) in
                    audience.iter().enumerate().filter(|(_, item)| drawn.contains(&item.id))
                {
                    if let Some(item) = stores.journal.items_page(job, &[], offset, 1)?.0.pop() {
                        items.insert(member.id.clone(), item);
                    }
                }
                let headers = stores.cache.conversations(&drawn)?;
                let mut members = Vec::new();
                for id in drawn {
                    members
                        .extend(audience.iter().find(|member| member.id == id && member.takes_part).cloned());
                }
                Ok((members, items, headers))
            })
            .await?;
        let headers: HashMap<RemoteId, Conversation> =
            headers.into_iter().map(|conversation| (conversation.id.clone(), conversation)).collect();
        let people = audience
            .iter()
            .map(|member| {
                let header = headers.get(&member.id);
                let item = items.get(&member.id);
                let changes = item.map(sentence::changes).unwrap_or_default();
                let reason = item.and_then(|item| item.reason.as_ref()).map(reason_text);
                let verdict = Verdict::from(member.verdict.as_str());
                SpotChecked {
                    text: row
                        .action
                        .as_ref()
                        .and_then(|action| action.message(member))
                        .unwrap_or_else(|| changes.join(", ")),
                    state: item.map(|item| item.state.to_string()),
                    recipient: Recipient {
                        id: member.id.to_string(),
                        name: header.map_or_else(|| member.id.to_string(), sentence::name_of),
                        subject: header.map(|header| header.subject.clone()).unwrap_or_default(),
                        channel: member.channel.to_string(),
                        address: header.and_then(|header| {
                            header.contact.email.clone().or_else(|| header.contact.phone.clone())
                        }),
                        verdict: member.verdict.clone(),
                        verdict_text: reason.unwrap_or_else(|| sentence::verdict_title(&verdict)),
                        included: true,
                        left_out: false,
                        before_after: changes,
                        missing: Vec::new(),
                    },
                }
            })
            .collect();
        Ok(SpotCheck { people })
    }
}
