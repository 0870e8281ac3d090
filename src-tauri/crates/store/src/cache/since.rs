//! What became of messages that were sent: how far the help desk says that they came.

use muster_model::{DeliveryState, Message, RemoteId};
use rusqlite::{OptionalExtension, params};

use super::{Cache, packed::unpacked};
use crate::Result;

/// How far messages came, as far as the cached threads know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// They arrived.
    pub delivered: u64,
    /// They bounced, or the channel refused them.
    pub failed: u64,
}

impl Cache {
    /// How far these messages came: a conversation and the message's id in it.
    pub fn deliveries(&self, sent: &[(RemoteId, String)]) -> Result<Deliveries> {
        self.db.read(|tx| {
            let mut found = Deliveries::default();
            let mut statement = tx.prepare_cached(
                "SELECT messages FROM threads
                  WHERE conversation = (SELECT row FROM conversations WHERE id = ?1)",
            )?;
            for (conversation, message) in sent {
                let messages: Option<Vec<Message>> = statement
                    .query_row(params![conversation.as_str()], |row| unpacked(tx, row, "messages"))
                    .optional()?;
                let message =
                    messages.into_iter().flatten().find(|known| known.id.as_str() == message.as_str());
                match message.and_then(|message| message.delivery).map(|delivery| delivery.state) {
                    Some(DeliveryState::Delivered) => found.delivered += 1,
                    Some(DeliveryState::Failed) => found.failed += 1,
                    _ => {}
                }
            }
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use muster_model::{Delivery, DeliveryState, RemoteId, Thread};

    use super::Deliveries;
    use crate::{
        Cache,
        testing::{at, conversation, key, message},
    };

    #[test]
    fn deliveries_are_counted_by_message() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        let came = |id: &str, state: DeliveryState| {
            let mut message = message(id, 5, "Hello");
            message.delivery = Some(Delivery { state, reason: None });
            message
        };
        let messages = vec![
            came("m1", DeliveryState::Delivered),
            came("m2", DeliveryState::Failed),
            message("m3", 6, "Hi"),
        ];
        cache.put_thread(&Thread { conversation: conversation("a", 10), messages }, at(20)).unwrap();
        let sent = ["m1", "m2", "m3", "m4"].map(|id| (RemoteId::from("a"), id.to_owned()));
        assert_eq!(cache.deliveries(&sent).unwrap(), Deliveries { delivered: 1, failed: 1 });
        assert_eq!(cache.deliveries(&[]).unwrap(), Deliveries::default());
    }
}
