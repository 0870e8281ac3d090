//! A help desk whose calls keep the account's pace.

use std::sync::Arc;

use async_trait::async_trait;
use muster_helpdesk::{
    Batch, ByteStream, Capabilities, Cursor, EventStream, Found, HelpDesk, ItemOutcome, NotSent, Note, Page,
    Rate, ReadError, Reply,
};
use muster_model::{Directory, EffectOutcome, Me, RemoteId, Thread};

use super::{Call, Kind, Pace, Use};

/// The help desk as one kind of caller has it.
pub(crate) struct PacedDesk {
    desk: Arc<dyn HelpDesk>,
    pace: Arc<Pace>,
    manner: Manner,
}

/// What a caller does while it is not its turn.
enum Manner {
    /// Waits.
    Wait(Use),
    /// Is told when to come back, as if the help desk itself had said it: what the worker has claimed is put back rather
    /// than kept under way for a minute.
    BeTold,
}

impl PacedDesk {
    /// For callers that wait for their turn.
    pub(crate) fn waiting(desk: Arc<dyn HelpDesk>, pace: Arc<Pace>, of: Use) -> Arc<dyn HelpDesk> {
        Arc::new(Self { desk, pace, manner: Manner::Wait(of) })
    }

    /// For the journal's worker.
    pub(crate) fn told(desk: Arc<dyn HelpDesk>, pace: Arc<Pace>) -> Arc<dyn HelpDesk> {
        Arc::new(Self { desk, pace, manner: Manner::BeTold })
    }

    async fn read<T>(&self, ask: impl Future<Output = Result<T, ReadError>>) -> Result<T, ReadError> {
        let call = match self.manner {
            Manner::Wait(of) => self.pace.turn(of, Kind::Read).await,
            Manner::BeTold => self
                .pace
                .take(Use::Guard, Kind::Read, 0)
                .map_err(|wait| ReadError::SlowDown { retry_after: Some(wait) })?,
        };
        let answer = ask.await;
        self.over(call).await;
        answer
    }

    /// The worker asked for its turn before it claimed what it writes now: only an empty budget refuses it.
    async fn write<T>(
        &self,
        replies: usize,
        send: impl Future<Output = Result<T, NotSent>>,
    ) -> Result<T, NotSent> {
        let call = match self.manner {
            Manner::Wait(of) => self.pace.turn(of, Kind::Write).await,
            Manner::BeTold => self
                .pace
                .take(Use::Interactive, Kind::Write, replies as u64)
                .map_err(|wait| NotSent::SlowDown { retry_after: Some(wait) })?,
        };
        let answer = send.await;
        self.over(call).await;
        answer
    }

    async fn over(&self, call: Call<'_>) {
        drop(call);
        self.pace.note(self.desk.rate(), self.desk.write_rate());
        self.pace.keep().await;
    }
}

#[async_trait]
impl HelpDesk for PacedDesk {
    fn capabilities(&self) -> Capabilities {
        self.desk.capabilities()
    }

    async fn me(&self) -> Result<Me, ReadError> {
        let me = self.read(self.desk.me()).await?;
        self.pace.learn(&self.desk.capabilities());
        Ok(me)
    }

    async fn directory(&self) -> Result<Directory, ReadError> {
        self.read(self.desk.directory()).await
    }

    async fn changes(&self, since: Option<&Cursor>) -> Result<Page, ReadError> {
        self.read(self.desk.changes(since)).await
    }

    async fn thread(&self, id: &RemoteId) -> Result<Thread, ReadError> {
        self.read(self.desk.thread(id)).await
    }

    async fn attachment(&self, id: &RemoteId, most: u64) -> Result<ByteStream, ReadError> {
        self.read(self.desk.attachment(id, most)).await
    }

    async fn apply(&self, batch: &Batch) -> Result<Vec<ItemOutcome>, NotSent> {
        self.write(0, self.desk.apply(batch)).await
    }

    async fn reply(&self, replies: &[Reply]) -> Result<Vec<ItemOutcome>, NotSent> {
        self.write(replies.len(), self.desk.reply(replies)).await
    }

    async fn find_replies(&self, sent: &[Reply]) -> Result<Vec<Found>, ReadError> {
        self.read(self.desk.find_replies(sent)).await
    }

    async fn follow(&self, id: &RemoteId, on: bool) -> Result<EffectOutcome, NotSent> {
        self.write(0, self.desk.follow(id, on)).await
    }

    async fn note(&self, note: &Note) -> Result<EffectOutcome, NotSent> {
        self.write(0, self.desk.note(note)).await
    }

    async fn find_notes(&self, sent: &[Note]) -> Result<Vec<Found>, ReadError> {
        self.read(self.desk.find_notes(sent)).await
    }

    async fn test_message(&self, subject: &str, text: &str) -> Result<EffectOutcome, NotSent> {
        self.write(0, self.desk.test_message(subject, text)).await
    }

    fn rate(&self) -> Option<Rate> {
        self.desk.rate()
    }

    fn write_rate(&self) -> Option<Rate> {
        self.desk.write_rate()
    }

    async fn events(&self) -> Result<Option<EventStream>, ReadError> {
        self.read(self.desk.events()).await
    }
}
