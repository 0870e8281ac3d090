//! What happened since the sync last asked: one look before a chunk of replies leaves.

use std::collections::HashMap;

use muster_helpdesk::{Cursor, Delta, ReadError};
use muster_model::{Conversation, RemoteId};
use muster_store::ClaimedItem;

use super::{Stop, WorkContext};
use crate::sync::patiently;

/// Pages of changes that are walked through before a chunk of replies.
const PAGES: usize = 3;

/// What changed at the help desk since the sync last asked. It is only looked at: the sync brings it in its own time.
pub(super) struct News(HashMap<RemoteId, Option<Conversation>>);

impl News {
    /// Puts what is newer in the place of what is cached.
    pub(super) fn lay_over(mut self, claimed: &[ClaimedItem], headers: &mut [Option<Conversation>]) {
        for (item, header) in claimed.iter().zip(headers) {
            if let Some(news) = self.0.remove(&item.id) {
                let is_newer =
                    |news: &Conversation| header.as_ref().is_none_or(|cached| news.stamp >= cached.stamp);
                if news.as_ref().is_none_or(is_newer) {
                    *header = news;
                }
            }
        }
    }
}

/// Asks for the news; none if there are too many. Where the help desk cannot say, what is cached has to do.
pub(super) async fn news(ctx: &WorkContext) -> Result<Option<News>, Stop> {
    let mut news = News(HashMap::new());
    let state = ctx.store(|stores| stores.cache.sync_state()).await?;
    let Some(mut cursor) = state.cursor.filter(|_| !state.backfilling).map(Cursor) else {
        return Ok(Some(news));
    };
    for _ in 0..PAGES {
        let page = match patiently(|| ctx.desk.changes(Some(&cursor))).await {
            Ok(page) => page,
            Err(err @ ReadError::Unreachable { .. }) => return Err(Stop::Offline(err.to_string())),
            Err(err @ ReadError::KeyRefused { .. }) => return Err(Stop::Key(err.to_string())),
            Err(ReadError::SlowDown { retry_after }) => return Err(Stop::SlowDown(retry_after)),
            Err(err) => {
                tracing::info!(reason = %err, "the changes could not be looked at before replies");
                return Ok(Some(news));
            }
        };
        ctx.link.reachable();
        news.0.extend(page.deltas.into_iter().filter_map(|delta| match delta {
            Delta::Upsert(conversation) => Some((conversation.id.clone(), Some(*conversation))),
            Delta::Gone(id) => Some((id, None)),
            // It does not tell who wrote.
            Delta::Sketch(_) => None,
        }));
        if !page.more {
            return Ok(Some(news));
        }
        cursor = page.next;
    }
    Ok(None)
}
