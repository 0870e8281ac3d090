//! The trait, and what travels through it.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use muster_model::{
    Change, ClientRef, Conversation, Directory, EffectOutcome, Me, Mention, Receipt, RemoteId, Thread,
};
use serde::{Deserialize, Serialize};

use crate::{Capabilities, NotSent, ReadError};

/// A place in the server's stream of changes. Opaque: stored with the rows that it covers, sent back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// Something that is different from what we had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// A new or changed conversation.
    Upsert(Box<Conversation>),
    /// The same from a server whose lists leave things out that its threads tell: what it does not say is kept as it was
    /// known ([`crate::complete`]).
    Sketch(Box<Conversation>),
    /// It is gone: deleted, or merged into another.
    Gone(RemoteId),
}

/// One page of changes.
#[derive(Clone, Debug)]
pub struct Page {
    /// In the server's order.
    pub deltas: Vec<Delta>,
    /// Where to go on.
    pub next: Cursor,
    /// More is waiting now.
    pub more: bool,
    /// The first walk through everything (newest first) is not over yet.
    pub backfilling: bool,
    /// Conversations at the server in all, where it says so.
    pub total: Option<u64>,
}

/// One change on up to `capabilities.max_batch` conversations.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The conversations.
    pub ids: Vec<RemoteId>,
    /// The change.
    pub change: Change,
}

/// What became of a batch on one conversation: one outcome per effect of [`Change::effects`], in that order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemOutcome {
    /// The conversation.
    pub id: RemoteId,
    /// One per effect asked for, in order.
    pub effects: Vec<EffectOutcome>,
}

/// One reply, rendered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The conversation.
    pub id: RemoteId,
    /// The text as the customer will read it.
    pub text: String,
    /// The same in every attempt.
    pub client_ref: ClientRef,
    /// Part of a mass reply of this name.
    pub mass: Option<String>,
    /// What rides on it, only where it was sent. Empty for none; only status is asked for where the server can do
    /// both in one call, everything else the engine applies afterwards.
    pub then: Change,
    /// When it is written to the journal as `sending`: for servers where only texts and times can be compared.
    pub sent_at: Timestamp,
    /// Files that go with it, on channels that carry them.
    pub files: Vec<Arc<OutgoingFile>>,
    /// The text is one that the server knows as approved: which, and what fills its gaps.
    pub approved: Option<ApprovedReply>,
}

/// An approved text of the server's, filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovedReply {
    /// How the server knows it.
    pub name: String,
    /// What fills each gap.
    pub parameters: Vec<String>,
}

/// An internal note, which no customer sees.
#[derive(Clone, Debug)]
pub struct Note {
    /// The conversation.
    pub id: RemoteId,
    /// The text.
    pub text: String,
    /// Colleagues who are told of it.
    pub mentions: Vec<Mention>,
    /// Files that hang on it, where [`Capabilities::note_files`] says that the server can.
    pub files: Vec<Arc<OutgoingFile>>,
    /// The same in every attempt.
    pub client_ref: ClientRef,
    /// When it is written to the journal as `sending`: for servers where only texts and times can be compared.
    pub sent_at: Timestamp,
}

/// A file on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingFile {
    /// The SHA-256 of its bytes, in hexadecimal: the same file is uploaded once.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How many calls the server still takes, as its last answer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Calls per minute; 0 where a refusal is all that it ever said.
    pub limit: u32,
    /// Calls left in this minute.
    pub remaining: u32,
    /// When the minute is over, by our clock: the server's reset time read against the server's `Date`.
    pub reset: Timestamp,
}

/// Whether a reply arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is there.
    Yes(Receipt),
    /// It was not there at the time of asking.
    No,
    /// This server cannot tell.
    CannotTell,
}

/// Something that the server says by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveEvent {
    /// The stream is up.
    Connected,
    /// Something changed: ask for changes.
    Changed {
        /// Which conversation, where it says so.
        id: Option<RemoteId>,
    },
    /// The stream lost its place: ask for changes.
    Reset,
}

/// The stream of live events. Ends when the connection does.
pub type EventStream = BoxStream<'static, Result<LiveEvent, ReadError>>;

/// The bytes of a file, as they come. One that ends without an error is whole; after an error comes nothing.
pub type ByteStream = BoxStream<'static, Result<Vec<u8>, ReadError>>;

/// One help desk, signed in.
#[async_trait]
pub trait HelpDesk: Send + Sync {
    /// What this server can do. Known after [`HelpDesk::me`] where it depends on the server.
    fn capabilities(&self) -> Capabilities;

    /// Whose key it is, and what the role allows.
    async fn me(&self) -> Result<Me, ReadError>;

    /// Agents, teams, tags, channels.
    async fn directory(&self) -> Result<Directory, ReadError>;

    /// The next page of changes: from nothing, everything newest first; then only what changed.
    ///
    /// [`ReadError::NotFound`]: the server does not know this place in its changes (it is another server, or was set up
    /// anew). What was read so far is not of this server: forget it and begin from nothing.
    async fn changes(&self, since: Option<&Cursor>) -> Result<Page, ReadError>;

    /// A conversation with its messages. Says its effective id.
    async fn thread(&self, id: &RemoteId) -> Result<Thread, ReadError>;

    /// The bytes of a message's file, where [`Capabilities::attachments`] says that the server hands them out. No more than
    /// `most`: beyond it comes [`ReadError::TooLarge`], from here or out of the stream.
    async fn attachment(&self, id: &RemoteId, most: u64) -> Result<ByteStream, ReadError> {
        let _ = (id, most);
        Err(ReadError::NotPermitted {
            message: "This help desk hands no files to Muster. Open the conversation there.".to_owned(),
        })
    }

    /// One change on many conversations. `Err` only if nothing can have reached the server's work.
    async fn apply(&self, batch: &Batch) -> Result<Vec<ItemOutcome>, NotSent>;

    /// Up to `capabilities.max_replies` replies. The outcome's effects are the reply, then those of `then`.
    async fn reply(&self, replies: &[Reply]) -> Result<Vec<ItemOutcome>, NotSent>;

    /// Which of these arrived, in the order of asking.
    async fn find_replies(&self, sent: &[Reply]) -> Result<Vec<Found>, ReadError>;

    /// Follow or stop following.
    async fn follow(&self, id: &RemoteId, on: bool) -> Result<EffectOutcome, NotSent>;

    /// Writes an internal note, where [`Capabilities::notes`] says that the server can.
    async fn note(&self, note: &Note) -> Result<EffectOutcome, NotSent> {
        let _ = note;
        Err(NotSent::Unsupported("This help desk takes no notes from Muster.".to_owned()))
    }

    /// Which of these notes arrived, in the order of asking.
    async fn find_notes(&self, sent: &[Note]) -> Result<Vec<Found>, ReadError> {
        Ok(vec![Found::CannotTell; sent.len()])
    }

    /// Sends a text to the agent instead of a customer, where [`Capabilities::test_messages`] says that the server can.
    async fn test_message(&self, subject: &str, text: &str) -> Result<EffectOutcome, NotSent> {
        let _ = (subject, text);
        Err(NotSent::Unsupported("This help desk cannot send a test message.".to_owned()))
    }

    /// What the server last said about its pace; none where it never did.
    fn rate(&self) -> Option<Rate> {
        None
    }

    /// The same of writes alone, where it counts them apart: then [`HelpDesk::rate`] is that of reads.
    fn write_rate(&self) -> Option<Rate> {
        None
    }

    /// The live stream, where there is one.
    async fn events(&self) -> Result<Option<EventStream>, ReadError>;
}
