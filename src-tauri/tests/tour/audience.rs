//! Segments of the help desk as the desk itself reports them, and whether they hold a message.

use crate::Result;
use crate::desk::{Conversation, Desk};
use crate::wait::ensure;

/// Who is in a segment, and who of them can be written to.
#[derive(Clone, Debug, Default)]
pub struct Audience {
    /// Can be written to.
    pub reached: Vec<String>,
    /// Voice: never.
    pub voice: Vec<String>,
    /// WhatsApp, Facebook and Instagram more than a day after the customer last wrote.
    pub closed: Vec<String>,
}

impl Audience {
    /// Asks the desk who of a segment can be written to.
    pub async fn of(desk: &Desk, query: &str) -> Result<Self> {
        let ids = |found: Vec<Conversation>| found.iter().map(Conversation::id).collect::<Vec<_>>();
        let everyone = ids(desk.segment(query).await?);
        let voice = ids(desk.segment(&format!("{query}&channel=voice")).await?);
        let closed = ids(desk.segment(&format!("{query}&window=closed")).await?);
        let reached = everyone.into_iter().filter(|id| !voice.contains(id) && !closed.contains(id)).collect();
        Ok(Self { reached, voice, closed })
    }

    /// How many are in the segment.
    pub fn everyone(&self) -> usize {
        self.reached.len() + self.voice.len() + self.closed.len()
    }
}

/// Fails unless each who can be reached holds the message once and nobody else holds it.
pub async fn each_has_it_once(desk: &Desk, audience: &Audience, message: &str) -> Result<()> {
    for id in &audience.reached {
        let times = times(desk, id, message).await?;
        ensure(times == 1, || format!("{id} holds the message {times} times"))?;
    }
    for id in audience.voice.iter().chain(&audience.closed) {
        let times = times(desk, id, message).await?;
        ensure(times == 0, || format!("{id} cannot be written to and holds the message {times} times"))?;
    }
    Ok(())
}

/// How often a thread holds a message from our side.
pub async fn times(desk: &Desk, id: &str, message: &str) -> Result<usize> {
    Ok(desk.conversation(id).await?.sent().iter().filter(|text| text.contains(message)).count())
}
