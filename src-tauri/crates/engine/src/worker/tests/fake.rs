//! A help desk in memory that fails on demand at every point of a call. The real one, over HTTP, is in the tests of the
//! whole engine; this one exists because no server can be told to fail exactly there.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::SignedDuration;
use muster_helpdesk::{
    ApprovedReply, Batch, Capabilities, Cursor, Delta, EventStream, Found, HelpDesk, ItemOutcome, NotSent,
    Note, Page, ReadError, Reply,
};
use muster_model::{
    Author, Change, Conversation, Directory, Effect, EffectOutcome, Me, Message, MessageKind, Reason,
    Receipt, RemoteId, Thread, put_on,
};

use super::*;
use crate::samples;

/// What happens to a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// Not one byte leaves.
    Unreachable,
    KeyRefused,
    SlowDown,
    /// The connection breaks before the server works.
    Cut,
    /// The server works, its answer is lost.
    LoseAnswer,
}

pub(crate) struct FakeDesk {
    inner: Mutex<Inner>,
    meanwhile: Mutex<Option<Meanwhile>>,
}

/// What somebody else does while the n-th call of a kind is on its way.
type Meanwhile = Box<dyn FnMut(&str, usize) + Send>;

struct Inner {
    conversations: BTreeMap<RemoteId, Conversation>,
    messages: HashMap<RemoteId, Vec<Message>>,
    merged: HashMap<RemoteId, RemoteId>,
    deleted: Vec<RemoteId>,
    blocked: Vec<RemoteId>,
    /// Receipts by client reference.
    taken: HashMap<String, Receipt>,
    refused: HashSet<RemoteId>,
    files: HashMap<RemoteId, Vec<String>>,
    approved: HashMap<RemoteId, ApprovedReply>,
    next: HashMap<&'static str, VecDeque<Option<Fault>>>,
    always: HashMap<&'static str, Fault>,
    calls: HashMap<&'static str, usize>,
    stamp: i64,
    dedupes: bool,
    can_tell: bool,
    follows: bool,
}

impl FakeDesk {
    pub(crate) fn new(n: usize) -> Self {
        let all = (1..=n).map(|n| samples::conversation(&format!("c{n}")));
        let inner = Inner {
            conversations: all.map(|conversation| (conversation.id.clone(), conversation)).collect(),
            messages: HashMap::new(),
            merged: HashMap::new(),
            deleted: Vec::new(),
            blocked: Vec::new(),
            taken: HashMap::new(),
            refused: HashSet::new(),
            files: HashMap::new(),
            approved: HashMap::new(),
            next: HashMap::new(),
            always: HashMap::new(),
            calls: HashMap::new(),
            stamp: 100,
            dedupes: true,
            can_tell: true,
            follows: true,
        };
        Self { inner: Mutex::new(inner), meanwhile: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_dedupes(&self, on: bool) {
        self.inner().dedupes = on;
    }

    pub(crate) fn cannot_tell(&self) {
        self.inner().can_tell = false;
    }

    pub(crate) fn keeps_no_followers(&self) {
        self.inner().follows = false;
    }

    /// The next call of this kind fails.
    pub(crate) fn next(&self, call: &'static str, fault: Fault) {
        self.after(0, call, fault);
    }

    /// The call after `n` good ones fails.
    pub(crate) fn after(&self, n: usize, call: &'static str, fault: Fault) {
        let mut inner = self.inner();
        let queue = inner.next.entry(call).or_default();
        queue.extend(std::iter::repeat_n(None, n));
        queue.push_back(Some(fault));
    }

    pub(crate) fn always(&self, call: &'static str, fault: Fault) {
        self.inner().always.insert(call, fault);
    }

    /// Everything works from now on.
    pub(crate) fn forget_faults(&self) {
        let mut inner = self.inner();
        inner.next.clear();
        inner.always.clear();
    }

    /// How many messages hold this reference.
    pub(crate) fn copies(&self, client_ref: &str) -> usize {
        let holds = |message: &&Message| message.client_ref.as_deref() == Some(client_ref);
        self.inner().messages.values().flatten().filter(holds).count()
    }

    /// A batch with this conversation in it is refused whole.
    pub(crate) fn refuse(&self, id: &RemoteId) {
        self.inner().refused.insert(id.clone());
    }

    /// Nothing is refused any more.
    pub(crate) fn take_all(&self) {
        self.inner().refused.clear();
    }

    pub(crate) fn calls(&self, call: &str) -> usize {
        self.inner().calls.get(call).copied().unwrap_or(0)
    }

    pub(crate) fn conversations(&self) -> Vec<Conversation> {
        self.inner().conversations.values().cloned().collect()
    }

    pub(crate) fn conversation(&self, id: &RemoteId) -> Conversation {
        self.inner().conversations[id].clone()
    }

    /// Up to where a sync that ends now knows everything.
    pub(crate) fn cursor(&self) -> String {
        self.inner().stamp.to_string()
    }

    pub(crate) fn gone(&self) -> Vec<RemoteId> {
        let inner = self.inner();
        inner.merged.keys().chain(&inner.deleted).cloned().collect()
    }

    /// What we wrote there, oldest first.
    pub(crate) fn texts(&self, id: &RemoteId) -> Vec<String> {
        let inner = self.inner();
        let ours =
            inner.messages.get(id).into_iter().flatten().filter(|message| message.client_ref.is_some());
        ours.map(|message| message.text.clone()).collect()
    }

    /// The names of the files that came there.
    pub(crate) fn files(&self, id: &RemoteId) -> Vec<String> {
        self.inner().files.get(id).cloned().unwrap_or_default()
    }

    /// Which approved text came there, and what filled its gaps.
    pub(crate) fn approved(&self, id: &RemoteId) -> Option<ApprovedReply> {
        self.inner().approved.get(id).cloned()
    }

    pub(crate) fn customer_writes(&self, id: &RemoteId) {
        let mut inner = self.inner();
        let at = inner.later();
        inner.say(id, Author::Customer, "Any news?", None, at);
        inner.touch(id, |conversation| conversation.last_inbound = Some(at));
    }

    pub(crate) fn colleague_writes(&self, id: &RemoteId) {
        let mut inner = self.inner();
        let at = inner.later();
        inner.say(id, Author::Agent, "On it.", None, at);
        inner.touch(id, |conversation| conversation.last_outbound = Some(at));
    }

    /// A colleague changes something, which leaves a line in the thread.
    pub(crate) fn does(&self, id: &RemoteId, (name, handle): (&str, &str), line: &str, effect: &Effect) {
        let mut inner = self.inner();
        let at = inner.later();
        inner.say(id, Author::System, line, None, at);
        let event = inner.messages.get_mut(id).and_then(|messages| messages.last_mut()).expect("just said");
        event.kind = MessageKind::Event;
        event.author = name.into();
        event.author_handle = Some(handle.into());
        inner.touch(id, |conversation| put_on(conversation, effect, &handle.into(), at));
    }

    /// A conversation that is not like the samples.
    pub(crate) fn set(&self, id: &RemoteId, change: impl FnOnce(&mut Conversation)) {
        self.inner().touch(id, change);
    }

    /// Contacts that were blocked, by the conversations that said so.
    pub(crate) fn blocked(&self) -> Vec<RemoteId> {
        self.inner().blocked.clone()
    }

    pub(crate) fn colleague_changes(&self, id: &RemoteId, change: impl FnOnce(&mut Conversation)) {
        self.inner().touch(id, change);
    }

    pub(crate) fn merge(&self, from: &RemoteId, into: &RemoteId) {
        let mut inner = self.inner();
        inner.conversations.remove(from);
        inner.merged.insert(from.clone(), into.clone());
    }

    /// Somebody else does something while calls are on their way; calls of each kind are counted from 1.
    pub(crate) fn meanwhile(&self, what: impl FnMut(&str, usize) + Send + 'static) {
        *self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(what));
    }

    fn write<T>(
        &self,
        call: &'static str,
        ids: &[RemoteId],
        lost: T,
        work: impl FnOnce(&mut Inner) -> T,
    ) -> Result<T, NotSent> {
        let nth = {
            let mut inner = self.inner();
            let calls = inner.calls.entry(call).or_default();
            *calls += 1;
            *calls
        };
        if let Some(what) = &mut *self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner) {
            what(call, nth);
        }
        let mut inner = self.inner();
        let fault = inner.next.get_mut(call).and_then(VecDeque::pop_front).flatten();
        let fault = fault.or_else(|| inner.always.get(call).copied());
        let host = "desk.example".to_owned();
        match fault {
            Some(Fault::Unreachable) => return Err(NotSent::Unreachable { host }),
            Some(Fault::KeyRefused) => return Err(NotSent::KeyRefused { host }),
            Some(Fault::SlowDown) => {
                return Err(NotSent::SlowDown { retry_after: Some(Duration::from_millis(1)) });
            }
            Some(Fault::Cut) => return Ok(lost),
            Some(Fault::LoseAnswer) | None => {}
        }
        if ids.iter().any(|id| inner.refused.contains(id)) {
            return Err(NotSent::Refused { reason: Reason::new("bad_item", "One of these cannot be.") });
        }
        let done = work(&mut inner);
        Ok(if fault.is_some() { lost } else { done })
    }
}

impl Inner {
    fn later(&mut self) -> Timestamp {
        self.stamp += 1;
        samples::now() + SignedDuration::from_secs(self.stamp)
    }

    fn touch(&mut self, id: &RemoteId, change: impl FnOnce(&mut Conversation)) -> Receipt {
        self.stamp += 1;
        let conversation = self.conversations.get_mut(id).expect("a known conversation");
        change(conversation);
        conversation.stamp = self.stamp;
        Receipt { id: None, stamp: Some(self.stamp), at: None }
    }

    fn say(
        &mut self,
        id: &RemoteId,
        from: Author,
        text: &str,
        client_ref: Option<String>,
        at: Timestamp,
    ) -> RemoteId {
        let messages = self.messages.entry(id.clone()).or_default();
        let message_id = RemoteId::new(format!("{id}-m{}", messages.len()));
        messages.push(Message {
            id: message_id.clone(),
            at,
            kind: MessageKind::Message,
            from,
            author: "Somebody".into(),
            author_handle: None,
            text: text.into(),
            html: None,
            attachments: Vec::new(),
            client_ref,
            mass_reply: false,
            delivery: None,
            mentions: Vec::new(),
        });
        message_id
    }

    fn find(&self, client_ref: &str) -> Found {
        match self.taken.get(client_ref) {
            _ if !self.can_tell => Found::CannotTell,
            Some(receipt) => Found::Yes(receipt.clone()),
            None => Found::No,
        }
    }

    fn change(&mut self, id: &RemoteId, change: &Change) -> Vec<EffectOutcome> {
        let me = samples::me().handle;
        let effects = change.effects();
        let receipt = self.touch(id, |conversation| {
            effects.iter().for_each(|effect| put_on(conversation, effect, &me, samples::now()));
        });
        if change.block {
            self.blocked.push(id.clone());
        }
        if change.delete {
            self.conversations.remove(id);
            self.deleted.push(id.clone());
        }
        effects.iter().map(|_| EffectOutcome::Applied { receipt: receipt.clone() }).collect()
    }

    fn note(&mut self, note: &Note) -> EffectOutcome {
        let client_ref = note.client_ref.to_string();
        let known = self.taken.get(&client_ref).cloned().filter(|_| self.dedupes);
        let receipt = known.unwrap_or_else(|| {
            let at = self.later();
            let id = self.say(&note.id, Author::Agent, &note.text, Some(client_ref.clone()), at);
            let said = self.messages.get_mut(&note.id).and_then(|messages| messages.last_mut());
            let said = said.expect("just said");
            said.kind = MessageKind::Note;
            said.mentions = note.mentions.iter().map(|who| who.handle.clone()).collect();
            let receipt = self.touch(&note.id, |_| {});
            Receipt { id: Some(id.to_string()), at: Some(at), ..receipt }
        });
        self.taken.insert(client_ref, receipt.clone());
        EffectOutcome::Applied { receipt }
    }

    fn reply(&mut self, reply: &Reply) -> ItemOutcome {
        let client_ref = reply.client_ref.to_string();
        let known = self.taken.get(&client_ref).cloned().filter(|_| self.dedupes);
        let mut effects = Vec::new();
        let receipt = known.unwrap_or_else(|| {
            let at = self.later();
            let message = self.say(&reply.id, Author::Agent, &reply.text, Some(client_ref.clone()), at);
            let me = samples::me().handle;
            let receipt = self.touch(&reply.id, |conversation| put_on(conversation, &Effect::Reply, &me, at));
            Receipt { id: Some(message.to_string()), at: Some(at), ..receipt }
        });
        self.taken.insert(client_ref, receipt.clone());
        if let Some(approved) = &reply.approved {
            self.approved.insert(reply.id.clone(), approved.clone());
        }
        let names = reply.files.iter().map(|file| file.name.clone());
        self.files.entry(reply.id.clone()).or_default().extend(names);
        effects.push(EffectOutcome::Applied { receipt });
        if !reply.then.is_empty() {
            effects.extend(self.change(&reply.id, &reply.then));
        }
        ItemOutcome { id: reply.id.clone(), effects }
    }
}

fn unknown(n: usize) -> Vec<EffectOutcome> {
    vec![EffectOutcome::Unknown { reason: Reason::new("no_answer", "The connection broke.") }; n]
}

#[async_trait]
impl HelpDesk for FakeDesk {
    fn capabilities(&self) -> Capabilities {
        let inner = self.inner();
        Capabilities {
            max_batch: 100,
            max_replies: 50,
            dedupes_replies: inner.dedupes,
            finds_by_reference: true,
            settle: SETTLE,
            events: false,
            follow: inner.follows,
            snooze_until_reply: true,
            mass_reply_note: true,
            max_reply_chars: Vec::new(),
            max_tag_chars: 50,
            replies_per_minute: None,
            reads_per_minute: None,
            writes_per_minute: None,
            status_with_reply: true,
            sketches: false,
            archive: true,
            teams: true,
            priority: true,
            clear_tags: true,
            notes: true,
            note_files: true,
            block: true,
            delete: true,
            files: true,
            attachments: true,
            test_messages: true,
            auto_archive: None,
            snooze: true,
            tags: true,
            no_team: true,
        }
    }

    async fn me(&self) -> Result<Me, ReadError> {
        Ok(samples::me())
    }

    async fn directory(&self) -> Result<Directory, ReadError> {
        Ok(Directory::default())
    }

    async fn changes(&self, since: Option<&Cursor>) -> Result<Page, ReadError> {
        let mut inner = self.inner();
        *inner.calls.entry("changes").or_default() += 1;
        let since: i64 = since.and_then(|since| since.0.parse().ok()).unwrap_or_default();
        let changed = inner.conversations.values().filter(|conversation| conversation.stamp > since).cloned();
        let gone = inner.merged.keys().chain(&inner.deleted).cloned();
        Ok(Page {
            deltas: changed.map(Box::new).map(Delta::Upsert).chain(gone.map(Delta::Gone)).collect(),
            next: Cursor(inner.stamp.to_string()),
            more: false,
            backfilling: false,
            total: None,
        })
    }

    async fn thread(&self, id: &RemoteId) -> Result<Thread, ReadError> {
        let inner = self.inner();
        let id = inner.merged.get(id).unwrap_or(id);
        let known = inner.conversations.get(id);
        let conversation = known.cloned().ok_or_else(|| ReadError::NotFound { what: id.to_string() })?;
        Ok(Thread { conversation, messages: inner.messages.get(id).cloned().unwrap_or_default() })
    }

    async fn apply(&self, batch: &Batch) -> Result<Vec<ItemOutcome>, NotSent> {
        let n = batch.change.effects().len();
        let lost = batch.ids.iter().map(|id| ItemOutcome { id: id.clone(), effects: unknown(n) }).collect();
        self.write("apply", &batch.ids, lost, |inner| {
            let change =
                |id: &RemoteId| ItemOutcome { id: id.clone(), effects: inner.change(id, &batch.change) };
            batch.ids.iter().map(change).collect()
        })
    }

    async fn reply(&self, replies: &[Reply]) -> Result<Vec<ItemOutcome>, NotSent> {
        let lost = |reply: &Reply| {
            let effects = unknown(1 + reply.then.effects().len());
            ItemOutcome { id: reply.id.clone(), effects }
        };
        let ids: Vec<RemoteId> = replies.iter().map(|reply| reply.id.clone()).collect();
        let lost = replies.iter().map(lost).collect();
        self.write("reply", &ids, lost, |inner| replies.iter().map(|reply| inner.reply(reply)).collect())
    }

    async fn find_replies(&self, sent: &[Reply]) -> Result<Vec<Found>, ReadError> {
        let inner = self.inner();
        Ok(sent.iter().map(|reply| inner.find(reply.client_ref.as_str())).collect())
    }

    async fn note(&self, note: &Note) -> Result<EffectOutcome, NotSent> {
        let lost = EffectOutcome::Unknown { reason: Reason::new("no_answer", "The connection broke.") };
        self.write("note", std::slice::from_ref(&note.id), lost, |inner| inner.note(note))
    }

    async fn find_notes(&self, sent: &[Note]) -> Result<Vec<Found>, ReadError> {
        let inner = self.inner();
        Ok(sent.iter().map(|note| inner.find(note.client_ref.as_str())).collect())
    }

    async fn follow(&self, id: &RemoteId, on: bool) -> Result<EffectOutcome, NotSent> {
        let lost = EffectOutcome::Unknown { reason: Reason::new("no_answer", "The connection broke.") };
        self.write("follow", std::slice::from_ref(id), lost, |inner| {
            let me = samples::me().handle;
            let receipt = inner.touch(id, |conversation| {
                put_on(conversation, &Effect::Follow(on), &me, samples::now());
            });
            EffectOutcome::Applied { receipt }
        })
    }

    async fn events(&self) -> Result<Option<EventStream>, ReadError> {
        Ok(None)
    }
}
