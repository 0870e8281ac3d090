//! A help desk process of the tour's own, asked over HTTP what it holds: the other side of everything the window claims.

use crate::Result;
use crate::ctl;
use crate::process::Process;
use crate::session::Session;
use crate::wait::{SOON, ensure, until};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Who acts besides us, and their first name.
pub const COLLEAGUE: &str = "jonas@brindlewick.example";
/// Who that is.
pub const COLLEAGUE_NAME: &str = "Jonas";

/// The process with its address and keys.
pub struct Desk {
    name: String,
    process: Process,
    data: PathBuf,
    http: Client,
    /// Where it answers.
    pub url: String,
    /// The agent's key.
    pub key: String,
    /// A key that may look and not reply.
    pub viewer_key: String,
}

/// A note, and whom it calls.
#[derive(Clone, Debug)]
pub struct Note {
    /// What it says.
    pub text: String,
    /// Handles of colleagues.
    pub calls: Vec<String>,
}

/// A file of a message.
#[derive(Clone, Debug)]
pub struct File {
    /// How it is asked for.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A conversation as the desk tells it.
#[derive(Clone, Debug)]
pub struct Conversation(Value);

impl Desk {
    /// Starts a help desk with its own data; `extra` goes to `musterctl desk`.
    pub async fn start(session: &Session, name: &str, extra: &[&str]) -> Result<Self> {
        let data = session.scratch().join(name);
        let (process, line) = spawn(session, name, &data, "127.0.0.1:0", extra)?;
        let said: Value =
            serde_json::from_str(&line).map_err(|_| format!("the desk's first line: {line}"))?;
        let text =
            |value: &Value| value.as_str().map(str::to_owned).ok_or(format!("the desk's first line: {line}"));
        let desk = Self {
            name: name.to_owned(),
            process,
            data,
            http: Client::builder().no_proxy().build()?,
            url: text(&said["url"])?,
            key: text(&said["api_key"])?,
            viewer_key: text(&said["keys"]["viewer"])?,
        };
        desk.answers().await?;
        Ok(desk)
    }

    /// Where it keeps its data. It is a server and stands for another machine: nothing there is encrypted.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// `kill -9`.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    /// Starts it again at the same address, with the same data.
    pub async fn restart(&mut self, session: &Session) -> Result<()> {
        let address = self.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let (process, _) = spawn(session, &self.name, &self.data, &address, &[])?;
        self.process = process;
        self.answers().await
    }

    /// All conversations, without their messages.
    pub async fn all(&self) -> Result<Vec<Conversation>> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/api/changes?cursor={cursor}")).await?;
            all.extend(conversations(&page));
            if page["backfilling"] == false {
                return Ok(all);
            }
            page["cursor"].as_str().ok_or("a page without a cursor")?.clone_into(&mut cursor);
        }
    }

    /// The conversations of a segment, in the desk's own terms (`status=active&tag=refund`).
    pub async fn segment(&self, query: &str) -> Result<Vec<Conversation>> {
        let page = self.get(&format!("/api/conversations?{query}&limit=250")).await?;
        let found: Vec<_> = conversations(&page).collect();
        ensure(page["count"] == found.len(), || format!("the segment {query} is too large to be listed"))?;
        Ok(found)
    }

    /// How many are in a segment. Answered at once, whatever faults the desk has.
    pub async fn count(&self, query: &str) -> Result<usize> {
        let page = self.get(&format!("/api/conversations?{query}&count_only=true")).await?;
        Ok(usize::try_from(page["count"].as_u64().ok_or("a count without a count")?)?)
    }

    /// One conversation with its messages.
    pub async fn conversation(&self, id: &str) -> Result<Conversation> {
        let mut thread = self.get(&format!("/api/conversations/{id}")).await?;
        let mut conversation = thread["conversation"].take();
        conversation["messages"] = thread["messages"].take();
        Ok(Conversation(conversation))
    }

    /// An active conversation with a subject and a customer's file of this kind.
    pub async fn a_file(&self, kind: &str) -> Result<(Conversation, File)> {
        let with_files = self.all().await?.into_iter().filter(|one| {
            one.0["has_attachment"] == true
                && one.word("status") == "active"
                && !one.word("subject").is_empty()
        });
        for one in with_files {
            let thread = self.conversation(&one.id()).await?;
            let files = thread.messages().filter_map(|message| message["attachments"].as_array()).flatten();
            let file = files
                .into_iter()
                .find(|file| file["mime"].as_str().is_some_and(|mime| mime.starts_with(kind)));
            if let Some(file) = file {
                let word = |name: &str| file[name].as_str().unwrap_or_default().to_owned();
                return Ok((one, File { id: word("id"), name: word("name") }));
            }
        }
        Err(format!("no active conversation has a file of the kind {kind}").into())
    }

    /// The bytes of a file.
    pub async fn file(&self, id: &str) -> Result<Vec<u8>> {
        let url = format!("{}/api/attachments/{id}", self.url.trim_end_matches('/'));
        let answer = self.http.get(url).bearer_auth(&self.key).send().await?.error_for_status()?;
        Ok(answer.bytes().await?.to_vec())
    }

    /// Lets the customer of a conversation write.
    pub async fn customer_writes(&self, id: &str, text: &str) -> Result<()> {
        let message = json!({ "conversation": id, "text": text });
        self.call(Method::POST, "/api/_simulate/customer_message", Some(&message)).await.map(drop)
    }

    /// Lets a colleague act on a conversation: a change in the desk's own words.
    pub async fn colleague_changes(&self, id: &str, change: &Value) -> Result<()> {
        let act = json!({ "conversation": id, "by": COLLEAGUE, "change": change });
        self.call(Method::POST, "/api/_simulate/change", Some(&act)).await.map(drop)
    }

    /// Sets its faults (`latency=1200`), instead of those it had.
    pub async fn set_faults(&self, spec: &str) -> Result<()> {
        self.call(Method::POST, "/api/_simulate/faults", Some(&json!({ "spec": spec }))).await.map(drop)
    }

    /// Refuses the next reply to each of these.
    pub async fn refuse_once(&self, ids: &[String]) -> Result<()> {
        let busy = json!({ "ids": ids, "times": 1 });
        self.call(Method::POST, "/api/_simulate/busy", Some(&busy)).await.map(drop)
    }

    /// How often something was called in Fernand's dialect (`429`: refused for being too fast).
    pub async fn fernand_calls(&self, what: &str) -> Result<u64> {
        let url = format!("{}/fernand/_calls", self.url.trim_end_matches('/'));
        let calls: Value = self.http.get(url).header("x-api-key", &self.key).send().await?.json().await?;
        Ok(calls[what].as_u64().unwrap_or_default())
    }

    async fn answers(&self) -> Result<()> {
        until("the help desk to answer", SOON, async || self.get("/api/health").await.map(Some))
            .await
            .map(drop)
    }

    async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, None).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        let mut request = self.http.request(method, &url).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(format!("the desk answers {status} to {path}: {text}").into());
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}

impl Conversation {
    /// Its id.
    pub fn id(&self) -> String {
        self.word("id").to_owned()
    }

    /// A field that holds a word.
    pub fn word(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }

    /// Whether it carries a tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags().any(|one| one == tag)
    }

    /// The team that it is assigned to.
    pub fn team(&self) -> Option<&str> {
        self.0["assignee"]["team"].as_str()
    }

    /// Its tags.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.0["tags"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// Texts of the customer-visible messages that the agent's side sent.
    pub fn sent(&self) -> Vec<&str> {
        self.messages()
            .filter(|message| message["kind"] == "message" && message["from"] == "agent")
            .map(|message| message["text"].as_str().unwrap_or_default())
            .collect()
    }

    /// The notes in which these words stand.
    pub fn notes(&self, words: &str) -> Vec<Note> {
        let text = |message: &Value| message["text"].as_str().unwrap_or_default().to_owned();
        let calls = |message: &Value| {
            let handles = message["mentions"].as_array().into_iter().flatten();
            handles.filter_map(|handle| handle.as_str().map(str::to_owned)).collect()
        };
        self.messages()
            .filter(|message| message["kind"] == "note" && text(message).contains(words))
            .map(|message| Note { text: text(message), calls: calls(message) })
            .collect()
    }

    /// How many of the system's entries say that there was a mass reply.
    pub fn mass_reply_notes(&self) -> usize {
        let says =
            |message: &&Value| message["text"].as_str().is_some_and(|text| text.contains("mass reply"));
        self.messages().filter(|message| message["kind"] == "event").filter(says).count()
    }

    /// How many messages, notes and events it holds.
    pub fn message_count(&self) -> usize {
        self.messages().count()
    }

    /// Whether the agent whose key this is follows it.
    pub fn is_followed(&self) -> bool {
        self.0["followers"].as_array().is_some_and(|followers| !followers.is_empty())
    }

    /// What the customer wrote.
    pub fn received(&self) -> Vec<&str> {
        self.messages()
            .filter(|message| message["kind"] == "message" && message["from"] == "customer")
            .map(|message| message["text"].as_str().unwrap_or_default())
            .collect()
    }

    /// The customer's e-mail address.
    pub fn email(&self) -> Option<&str> {
        self.0["contact"]["email"].as_str()
    }

    /// The customer's name.
    pub fn name(&self) -> &str {
        self.0["contact"]["name"].as_str().unwrap_or_default()
    }

    fn messages(&self) -> impl Iterator<Item = &Value> {
        self.0["messages"].as_array().into_iter().flatten()
    }
}

fn conversations(page: &Value) -> impl Iterator<Item = Conversation> {
    page["conversations"].as_array().into_iter().flatten().cloned().map(Conversation)
}

fn spawn(
    session: &Session,
    name: &str,
    data: &Path,
    address: &str,
    extra: &[&str],
) -> Result<(Process, String)> {
    let mut command = session.command(ctl::program());
    command.args(["desk", "--listen", address, "--data"]).arg(data).args(extra);
    Process::start_and_read_line(name, &mut command, session.logs())
}
