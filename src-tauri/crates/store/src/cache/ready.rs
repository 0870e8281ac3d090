//! What can be made of a thread before anybody writes it: its packed values. Of many threads, another thread
//! of this process makes it a little ahead of the one that writes, so that nobody waits for the two together.

use std::{
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use muster_model::{Conversation, Handle, Message, Thread};
use rusqlite::{Connection, Transaction};

use super::{Cache, header, indexer::Indexer, packed::packed, text};
use crate::Result;

/// Fewer than this are made by who writes them.
const MANY: usize = 24;
/// So many are handed over at once, and so often ahead.
const AT_ONCE: usize = 16;
const AHEAD: usize = 4;

/// A conversation and what was said in it, as it came.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub conversation: &'a Conversation,
    pub messages: &'a [Message],
}

impl<'a> From<&'a Thread> for Source<'a> {
    fn from(thread: &'a Thread) -> Self {
        Self { conversation: &thread.conversation, messages: &thread.messages }
    }
}

/// Everything that is written of a thread.
pub(super) struct Ready {
    /// Oldest first, each once.
    pub messages: Vec<Message>,
    /// The header and the messages, packed.
    pub body: Vec<u8>,
    pub thread: Vec<u8>,
    /// Whom the notes call.
    pub called: String,
    pub header_hash: i64,
    pub messages_hash: i64,
}

impl Ready {
    /// Of a header and messages that are in order.
    pub(super) fn of(conn: &Connection, conversation: &Conversation, messages: Vec<Message>) -> Result<Self> {
        Ok(Self {
            body: packed(conn, conversation)?,
            thread: packed(conn, &messages)?,
            called: called(&messages)?,
            header_hash: text::header_hash(conversation),
            messages_hash: text::messages_hash(&messages),
            messages,
        })
    }

    fn of_source(conn: &Connection, source: Source<'_>) -> Result<Self> {
        Self::of(conn, source.conversation, merged(Vec::new(), source.messages))
    }
}

/// What is ready, in the order of its sources.
pub(super) struct Ahead {
    more: Option<Receiver<Vec<Ready>>>,
    ready: std::vec::IntoIter<Ready>,
}

impl Ahead {
    fn nothing() -> Self {
        Self { more: None, ready: Vec::new().into_iter() }
    }

    /// What is made of the next source.
    pub(super) fn next(&mut self, conn: &Connection, source: Source<'_>) -> Result<Ready> {
        if self.ready.len() == 0
            && let Some(more) = &self.more
        {
            self.ready = more.recv().unwrap_or_default().into_iter();
        }
        // Who should have been ahead may have ended, whatever the reason: the rest is made here.
        self.ready.next().map_or_else(|| Ready::of_source(conn, source), Ok)
    }
}

impl Cache {
    /// [`Cache::index`] of many threads, each of which `work` asks for in turn.
    pub(super) fn index_ahead<T>(
        &self,
        sources: &[Source<'_>],
        work: impl FnOnce(&Transaction<'_>, Ahead, &mut Indexer) -> Result<T>,
    ) -> Result<T> {
        if sources.len() < MANY {
            return self.index(|tx, indexer| work(tx, Ahead::nothing(), indexer));
        }
        thread::scope(|scope| {
            let (send, ready) = sync_channel(AHEAD);
            let make = move || {
                // Its own connection: packed values name their dictionary, so that any that is there will do.
                let made = self.db.read(|tx| {
                    for some in sources.chunks(AT_ONCE) {
                        let some = some.iter().map(|source| Ready::of_source(tx, *source));
                        if send.send(some.collect::<Result<Vec<_>>>()?).is_err() {
                            break;
                        }
                    }
                    Ok(())
                });
                if let Err(err) = made {
                    tracing::debug!(error = %err, "nothing is made ahead");
                }
            };
            let is_ahead = thread::Builder::new().name("ahead".into()).spawn_scoped(scope, make).is_ok();
            let ahead = Ahead { more: is_ahead.then_some(ready), ready: Vec::new().into_iter() };
            self.index(|tx, indexer| work(tx, ahead, indexer))
        })
    }
}

/// Whom the notes call.
pub(super) fn called(messages: &[Message]) -> Result<String> {
    header::names(messages.iter().flat_map(|message| &message.mentions).map(Handle::as_str))
}

/// Oldest first; what came later under a known id takes its place, and the server's order counts within one instant.
pub(super) fn merged(mut messages: Vec<Message>, new: &[Message]) -> Vec<Message> {
    for message in new {
        messages.retain(|known| known.id != message.id);
        messages.push(message.clone());
    }
    messages.sort_by_key(|message| message.at);
    messages
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use muster_model::{Match, RemoteId, Thread};

    use super::{Ahead, MANY, Ready, Source};
    use crate::{
        Cache, Overlay,
        testing::{at, conversation, key, message},
    };

    fn threads(n: i64, word: &str) -> Vec<Thread> {
        let thread = |no: i64| Thread {
            conversation: conversation(&format!("c{no}"), no),
            // In no order, and one of them twice.
            messages: vec![message("b", no + 2, word), message("a", no, "first"), message("b", no + 1, word)],
        };
        (0..n).map(thread).collect()
    }

    #[test]
    fn many_are_written_as_one_by_one() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [together, alone] = folders.each_ref().map(|folder| Cache::open(folder.path(), &key()).unwrap());
        let n = i64::try_from(MANY).unwrap() * 4;
        for (word, seconds) in [("quokka", 1), ("wombat", 2), ("wombat", 3)] {
            let threads = threads(n, word);
            together.put_threads(&threads, at(seconds)).unwrap();
            threads.iter().for_each(|thread| alone.put_thread(thread, at(seconds)).unwrap());
            for no in 0..n {
                let id = RemoteId::new(format!("c{no}"));
                let kept = together.thread(&id).unwrap();
                assert_eq!(kept.as_ref().map(|kept| kept.thread.messages.len()), Some(2));
                assert_eq!(kept, alone.thread(&id).unwrap());
            }
            for asked in ["quokka", "wombat", "first", "noelle"] {
                let count =
                    |cache: &Cache| cache.count(&Match::Word(asked.into()), &Overlay::empty()).unwrap();
                assert_eq!(count(&together), count(&alone), "{asked} after {word}");
            }
        }
    }

    #[test]
    fn whoever_ends_early_is_stood_in_for() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        let threads = threads(3, "quokka");
        let sources: Vec<Source<'_>> = threads.iter().map(Source::from).collect();
        let made = cache
            .index(|tx, _| {
                let (send, more) = sync_channel(1);
                send.send(vec![Ready::of_source(tx, sources[0])?]).unwrap();
                drop(send);
                let mut ahead = Ahead { more: Some(more), ready: Vec::new().into_iter() };
                sources.iter().map(|source| ahead.next(tx, *source)).collect::<crate::Result<Vec<_>>>()
            })
            .unwrap();
        let expected = cache
            .index(|tx, _| {
                sources.iter().map(|source| Ready::of_source(tx, *source)).collect::<crate::Result<Vec<_>>>()
            })
            .unwrap();
        let bodies = |ready: &[Ready]| ready.iter().map(|ready| ready.body.clone()).collect::<Vec<_>>();
        assert_eq!((made.len(), bodies(&made)), (3, bodies(&expected)));
    }
}
