//! Fernand over HTTP: one method per call of the trait.

use std::time::Instant;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use muster_model::{Directory, EffectOutcome, Me, Reason, Receipt, RemoteId, Thread};

use super::budget::{Line, Turn};
use super::memory::Memory;
use super::{apply, map, sync, wire};
use crate::address::Address;
use crate::transport::{Auth, Dialect, Patience, Transport, Written};
use crate::{
    ApiKey, Batch, Capabilities, Cursor, EventStream, Found, HelpDesk, ItemOutcome, NotSent, Note, Now, Page,
    Rate, ReadError, Reply,
};

const DIALECT: Dialect = Dialect { kind: "Fernand", auth: Auth::Header("x-api-key"), refusal: map::refusal };
/// A page of a timeline with fewer entries than this is its last: the size of a page is not documented.
const FULL_PAGE: usize = 20;
/// Pages of one timeline that are read: what is older is left out of the thread.
const PAGES: usize = 10;
/// What the server's clock may differ from what its `Date` says, which has whole seconds.
const UNSHARP: SignedDuration = SignedDuration::from_secs(2);

/// A Fernand that answers at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// How long it took to answer.
    pub latency: std::time::Duration,
}

/// Looks whether something that speaks like Fernand answers at `url`. Sends no key: it has to refuse that.
///
/// # Errors
/// The address cannot be used, nobody answers, or somebody else does.
pub async fn detect(url: &str) -> Result<Detected, ReadError> {
    let transport = Transport::new(Address::parse(url)?, DIALECT, None, Patience::default())?;
    let asked = Instant::now();
    let request = transport.get(&["agents"]);
    match transport.read::<serde_json::Value>(request, "/agents").await {
        Err(ReadError::KeyRefused { .. }) => Ok(Detected { latency: asked.elapsed() }),
        Ok(_) => Err(transport.malformed("it asks for no key. Check the address.".to_owned())),
        Err(err) => Err(err),
    }
}

/// A Fernand, signed in.
#[derive(Debug)]
pub struct Fernand {
    pub(super) reads: Line,
    pub(super) writes: Line,
    pub(super) memory: Memory,
}

impl Fernand {
    /// Prepares the connection; nothing is asked yet.
    ///
    /// # Errors
    /// The address cannot be used, or the key is none.
    pub fn new(url: &str, key: ApiKey) -> Result<Self, ReadError> {
        Self::with(url, &key, Patience::default(), Now::default())
    }

    /// As [`Fernand::new`], with another clock: for tests.
    ///
    /// # Errors
    /// As [`Fernand::new`].
    pub fn with_clock(url: &str, key: ApiKey, now: Now) -> Result<Self, ReadError> {
        Self::with(url, &key, Patience::default(), now)
    }

    pub(crate) fn with(url: &str, key: &ApiKey, patience: Patience, now: Now) -> Result<Self, ReadError> {
        let address = Address::parse(url)?;
        let line = || {
            let transport = Transport::new(address.clone(), DIALECT, Some(key), patience)?;
            Ok::<_, ReadError>(Line::new(transport.with_clock(now.clone()), now.clone()))
        };
        Ok(Self { reads: line()?, writes: line()?, memory: Memory::new(now.clone()) })
    }

    /// The turn for so many reads.
    pub(super) async fn may_read(&self, calls: u32) -> Result<Turn<'_>, ReadError> {
        self.reads.turn(calls).await.map_err(|wait| ReadError::SlowDown { retry_after: Some(wait) })
    }

    /// The turn for so many writes.
    pub(super) async fn may_write(&self, calls: u32) -> Result<Turn<'_>, NotSent> {
        self.writes.turn(calls).await.map_err(|wait| NotSent::SlowDown { retry_after: Some(wait) })
    }

    /// Who works there, and who we are.
    pub(super) async fn read_agents(&self, turn: &Turn<'_>) -> Result<wire::Agent, ReadError> {
        let request = turn.get(&["agents"]).query(&[("complete", "true")]);
        let agents: Vec<wire::Agent> = turn.read(request, "/agents").await?;
        let me = agents.iter().find(|agent| agent.is_current_user).cloned();
        let mut known = self.memory.known();
        known.me = me.as_ref().map(|me| me.id);
        known.agents = agents.into_iter().map(|agent| (agent.id, agent)).collect();
        drop(known);
        me.ok_or_else(|| turn.malformed("it does not say whose key it is.".to_owned()))
    }

    pub(super) async fn read_tags(&self, turn: &Turn<'_>) -> Result<(), ReadError> {
        let tags: Vec<wire::Tag> = turn.read(turn.get(&["tags"]), "/tags").await?;
        self.memory.known().tags = tags.into_iter().map(|tag| (tag.id, tag)).collect();
        Ok(())
    }

    /// Names that rows use and nobody told of yet.
    pub(super) async fn read_strangers(
        &self,
        turn: &Turn<'_>,
        rows: &[wire::Conversation],
    ) -> Result<(), ReadError> {
        let is_strange = || {
            let known = self.memory.known();
            rows.iter().any(|row| known.is_strange(row))
        };
        if is_strange() && turn.may(1).is_ok() {
            self.read_tags(turn).await?;
        }
        if is_strange() && turn.may(1).is_ok() {
            // An agent who was taken out is named by no list: the number stays.
            self.read_agents(turn).await?;
        }
        Ok(())
    }

    /// A conversation as it is now.
    pub(super) async fn read_row(&self, turn: &Turn<'_>, id: i64) -> Result<wire::Conversation, ReadError> {
        let request = turn.get(&["conversations", &id.to_string()]);
        turn.read(request, &format!("the conversation {id}")).await
    }

    /// The timeline, newest first, down to `until`; and whether it is whole.
    async fn read_entries(
        &self,
        turn: &Turn<'_>,
        id: i64,
        until: Option<Timestamp>,
    ) -> Result<(Vec<wire::Entry>, bool), ReadError> {
        let mut entries: Vec<wire::Entry> = Vec::new();
        for page in 0..PAGES {
            if page > 0 && turn.may(1).is_err() {
                return Ok((entries, false));
            }
            let mut request = turn.get(&["conversations", &id.to_string(), "messages"]);
            if let Some(last) = entries.last() {
                request = request.query(&[("before", last.id.as_said())]);
            }
            let found: Vec<wire::Entry> = turn.read(request, &format!("the conversation {id}")).await?;
            let is_last = found.len() < FULL_PAGE;
            let before = entries.len();
            for entry in found {
                if !entries.iter().any(|other| other.id == entry.id && other.kind == entry.kind) {
                    entries.push(entry);
                }
            }
            let reached =
                |until: Timestamp| entries.iter().any(|entry| entry.timestamp.is_some_and(|at| at < until));
            // A page that brings nothing new would come for ever.
            if is_last || entries.len() == before || until.is_some_and(reached) {
                return Ok((entries, true));
            }
        }
        Ok((entries, false))
    }

    async fn read_contact(&self, turn: &Turn<'_>, row: &wire::Conversation) -> Result<(), ReadError> {
        let Some(id) = row.contact_id else { return Ok(()) };
        if self.memory.known().contacts.contains_key(&id) || turn.may(1).is_err() {
            return Ok(());
        }
        match turn.read::<wire::Contact>(turn.get(&["contacts", &id.to_string()]), "the contact").await {
            Ok(contact) => {
                self.memory.known().contacts.insert(id, contact);
                Ok(())
            }
            // The thread is worth more than the name.
            Err(
                ReadError::NotFound { .. } | ReadError::NotPermitted { .. } | ReadError::Malformed { .. },
            ) => Ok(()),
            Err(err) => Err(err),
        }
    }

    /// A reply that arrived: remembered, because no list will show it.
    fn arrived(&self, id: i64, number: &str, client_ref: &str, at: Option<Timestamp>) -> Receipt {
        let stamp = self.memory.stamp();
        let mut known = self.memory.known();
        known.references.insert(number.to_owned(), client_ref.to_owned());
        if let Some(at) = at {
            let sent = known.sent.entry(id).or_insert(at);
            *sent = at.max(*sent);
            known.fresh.insert(id, stamp);
        }
        Receipt {
            id: Some(map::entry_id("MESSAGE", number).to_string()),
            // Without an instant there is nothing to show, and nobody to wait for it.
            stamp: at.map(|_| stamp),
            at,
        }
    }

    async fn send(&self, reply: &Reply) -> Result<EffectOutcome, NotSent> {
        let Some(id) = number(&reply.id) else { return Ok(not_known()) };
        let turn = self.may_write(1).await?;
        let request = turn.post(&["conversations", &id.to_string(), "reply"]).json(&map::reply(reply));
        Ok(match turn.write::<wire::Entry>(request).await? {
            Written::Answered(entry) => {
                let receipt =
                    self.arrived(id, &entry.id.number(), reply.client_ref.as_str(), entry.timestamp);
                EffectOutcome::Applied { receipt }
            }
            Written::Lost(reason) => EffectOutcome::Unknown { reason },
        })
    }

    /// Looks for what was written in any number of conversations, in the order of asking.
    async fn look_for(&self, sent: Vec<map::Sought<'_>>) -> Result<Vec<Found>, ReadError> {
        let mut found = vec![Found::CannotTell; sent.len()];
        let mut done: Vec<&RemoteId> = Vec::new();
        for sought in &sent {
            let Some(id) = number(sought.id).filter(|_| !done.contains(&sought.id)) else { continue };
            done.push(sought.id);
            let of_it: Vec<usize> = (0..sent.len()).filter(|place| sent[*place].id == sought.id).collect();
            let these: Vec<map::Sought<'_>> = of_it.iter().map(|place| sent[*place]).collect();
            for (place, answer) in of_it.into_iter().zip(self.find(id, &these).await?) {
                found[place] = answer;
            }
        }
        Ok(found)
    }

    /// Looks for what was written in one timeline; each entry is one of it at most.
    async fn find(&self, id: i64, sent: &[map::Sought<'_>]) -> Result<Vec<Found>, ReadError> {
        let turn = self.may_read(1).await?;
        let known_me = self.memory.known().me;
        let me = match known_me {
            Some(me) => me,
            None => self.read_agents(&turn).await?.id,
        };
        let skew = turn.skew();
        let since = |sought: &map::Sought<'_>| {
            sought.sent_at.saturating_add(skew - UNSHARP).unwrap_or(sought.sent_at)
        };
        let until = sent.iter().map(since).min();
        let (mut entries, is_whole) = match self.read_entries(&turn, id, until).await {
            Ok(read) => read,
            // Deleted, or merged: what became of it there nobody says.
            Err(ReadError::NotFound { .. }) => return Ok(vec![Found::CannotTell; sent.len()]),
            Err(err) => return Err(err),
        };
        drop(turn);
        // Oldest first, as they were sent.
        entries.reverse();
        Ok(sent
            .iter()
            .map(|sought| {
                let place = entries.iter().position(|entry| map::is_it(entry, sought, me, since(sought)));
                match place.map(|place| entries.remove(place)) {
                    Some(entry) if sought.note => Found::Yes(map::noted(&entry.id.number(), entry.timestamp)),
                    Some(entry) => {
                        let number = entry.id.number();
                        Found::Yes(self.arrived(id, &number, sought.client_ref, entry.timestamp))
                    }
                    None if is_whole => Found::No,
                    None => Found::CannotTell,
                }
            })
            .collect())
    }
}

/// The number in one of our ids of conversations.
pub(super) fn number(id: &RemoteId) -> Option<i64> {
    id.as_str().parse().ok()
}

/// An id that is none of Fernand's.
pub(super) fn not_known() -> EffectOutcome {
    EffectOutcome::Rejected { reason: Reason::new("not_found", "The help desk has no such conversation.") }
}

#[async_trait]
impl HelpDesk for Fernand {
    fn capabilities(&self) -> Capabilities {
        let limit = |line: &Line| line.transport().rate().map(|rate| rate.limit).filter(|limit| *limit > 0);
        map::capabilities(
            limit(&self.reads).unwrap_or(map::READS),
            limit(&self.writes).unwrap_or(map::WRITES),
        )
    }

    async fn me(&self) -> Result<Me, ReadError> {
        let turn = self.may_read(1).await?;
        Ok(map::me(&self.read_agents(&turn).await?))
    }

    async fn directory(&self) -> Result<Directory, ReadError> {
        let turn = self.may_read(2).await?;
        let me = {
            let known = self.memory.known();
            known.me.and_then(|me| known.agents.get(&me).cloned())
        };
        let me = match me {
            Some(me) => me,
            None => self.read_agents(&turn).await?,
        };
        self.read_tags(&turn).await?;
        let snippets = turn.read(turn.get(&["snippets"]), "/snippets").await?;
        let known = self.memory.known();
        Ok(map::directory(&me, known.agents.values(), known.tags.values(), snippets))
    }

    async fn changes(&self, since: Option<&Cursor>) -> Result<Page, ReadError> {
        sync::changes(self, since).await
    }

    async fn thread(&self, id: &RemoteId) -> Result<Thread, ReadError> {
        let number =
            number(id).ok_or_else(|| ReadError::NotFound { what: format!("the conversation {id}") })?;
        let turn = self.may_read(2).await?;
        let row = self.read_row(&turn, number).await?;
        let (entries, is_whole) = self.read_entries(&turn, row.id, None).await?;
        self.read_contact(&turn, &row).await?;
        self.read_strangers(&turn, std::slice::from_ref(&row)).await?;
        drop(turn);
        let fingerprint = {
            let mut known = self.memory.known();
            known.keep_row(&row);
            let channel = entries.iter().find_map(|entry| map::channel(&entry.source));
            if let (Some(id), Some(channel)) = (row.channel_id, channel) {
                known.channels.insert(id, channel);
            }
            map::fingerprint(&row, &entries, row.contact_id.and_then(|id| known.contacts.get(&id)))
        };
        let stamp = self.memory.thread_stamp(row.id, fingerprint);
        Ok(map::thread(&row, &entries, is_whole, &self.memory.known(), stamp))
    }

    async fn apply(&self, batch: &Batch) -> Result<Vec<ItemOutcome>, NotSent> {
        apply::apply(self, batch).await
    }

    async fn reply(&self, replies: &[Reply]) -> Result<Vec<ItemOutcome>, NotSent> {
        if replies.iter().any(|reply| reply.approved.is_some()) {
            return Err(NotSent::Unsupported("Fernand keeps no approved texts.".to_owned()));
        }
        if replies.iter().any(|reply| !reply.then.is_empty()) {
            return Err(NotSent::Unsupported(
                "Fernand changes nothing together with a reply; that follows in a call of its own."
                    .to_owned(),
            ));
        }
        let mut outcomes = Vec::with_capacity(replies.len());
        for reply in replies {
            let outcome = match self.send(reply).await {
                Ok(outcome) => outcome,
                // Only as long as nothing left can the call as a whole say so.
                Err(not_sent) if outcomes.is_empty() => return Err(not_sent),
                Err(not_sent) => {
                    EffectOutcome::Unknown { reason: Reason::new("not_sent", not_sent.to_string()) }
                }
            };
            outcomes.push(ItemOutcome { id: reply.id.clone(), effects: vec![outcome] });
        }
        Ok(outcomes)
    }

    async fn find_replies(&self, sent: &[Reply]) -> Result<Vec<Found>, ReadError> {
        self.look_for(sent.iter().map(map::Sought::from).collect()).await
    }

    async fn follow(&self, _: &RemoteId, _: bool) -> Result<EffectOutcome, NotSent> {
        Err(NotSent::Unsupported(
            "Fernand keeps no followers; Muster keeps them on this computer.".to_owned(),
        ))
    }

    async fn note(&self, note: &Note) -> Result<EffectOutcome, NotSent> {
        let Some(id) = number(&note.id) else { return Ok(not_known()) };
        let mut mentions = Vec::with_capacity(note.mentions.len());
        {
            let known = self.memory.known();
            for handle in note.mentions.iter().map(|who| who.handle.as_str()) {
                let agent = known.agents.values().find(|agent| agent.email.eq_ignore_ascii_case(handle));
                match agent {
                    Some(agent) => mentions.push(agent.id.to_string()),
                    None if handle == "everyone" => mentions.push("everyone".to_owned()),
                    None => {
                        let message = format!("Fernand knows no agent {handle}.");
                        return Err(NotSent::Refused { reason: Reason::new("unknown_agent", message) });
                    }
                }
            }
        }
        let turn = self.may_write(1).await?;
        let request = turn.post(&["conversations", &id.to_string(), "notes"]);
        Ok(match turn.write::<wire::Noted>(request.json(&map::note(note, mentions))).await? {
            Written::Answered(noted) => {
                let receipt = map::noted(&noted.id.number(), noted.timestamp.or(noted.created));
                EffectOutcome::Applied { receipt }
            }
            Written::Lost(reason) => EffectOutcome::Unknown { reason },
        })
    }

    async fn find_notes(&self, sent: &[Note]) -> Result<Vec<Found>, ReadError> {
        self.look_for(sent.iter().map(map::Sought::from).collect()).await
    }

    fn rate(&self) -> Option<Rate> {
        self.reads.transport().rate()
    }

    fn write_rate(&self) -> Option<Rate> {
        self.writes.transport().rate()
    }

    async fn events(&self) -> Result<Option<EventStream>, ReadError> {
        Ok(None)
    }
}
