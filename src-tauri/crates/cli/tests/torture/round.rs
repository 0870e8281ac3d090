//! One round: a mass reply to everybody, killed again and again until it is over, then counted at the desk.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value;
use tempfile::TempDir;

use crate::Result;
use crate::client::Client;
use crate::desk::Desk;

/// Kills in one round; then it may end, and the next begins.
const KILLS_PER_ROUND: u32 = 25;
/// How long `musterctl` may live before it is killed, in milliseconds.
const LIFE: std::ops::Range<u64> = 20..1_500;
/// How often the journal is worked to the end, so that what is unknown is settled.
const PATIENCE: u32 = 40;
/// How long working to the end may take.
const LONG: Duration = Duration::from_secs(60);

/// A desk, a client, and whom it writes to.
pub struct Torture {
    folder: TempDir,
    desk: Desk,
    client: Client,
    random: Rng,
    recipients: Vec<String>,
    rounds: u32,
}

/// What rounds came to.
#[derive(Debug, Default)]
pub struct Figures {
    /// How often `musterctl` was killed.
    pub kills: u32,
    rounds: u32,
    recipients: usize,
    /// Items by outcome.
    outcomes: BTreeMap<String, usize>,
    /// Got it more than once.
    duplicates: usize,
    /// Should have got it, by the journal, and did not.
    missing: usize,
    /// Got it although the journal says that they did not.
    unexpected: usize,
}

impl Torture {
    pub fn begin(faults: &str, seed: u64, recipients: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("desk");
        let mut desk = Desk::start(&data, seed, &[])?;
        let client = Client::new(folder.path().join("data"), &desk.key);
        client.must(&["account", "add", "t", "--kind", "muster", "--url", &desk.url])?;
        client.must(&["sync", "t"])?;
        desk.restart(&data, faults)?;
        let mut torture =
            Self { folder, desk, client, random: Rng::with_seed(seed), recipients: Vec::new(), rounds: 0 };
        torture.recipients = torture.who_takes_part(recipients)?;
        Ok(torture)
    }

    /// One mass reply, with at most so many kills.
    pub async fn round(&mut self, kills: u32) -> Result<Figures> {
        self.rounds += 1;
        let text = format!("Round {}: our payments work again. We are sorry for the trouble.", self.rounds);
        let job = self.confirm(&text)?;
        let mut figures = Figures { rounds: 1, recipients: self.recipients.len(), ..Figures::default() };
        while figures.kills < kills.min(KILLS_PER_ROUND) {
            let life = Duration::from_millis(self.random.u64(LIFE));
            if self.client.work_until_killed(life)? {
                figures.kills += 1;
            } else if is_settled(&self.show(&job)?) {
                break;
            }
        }
        let shown = self.end(&job)?;
        for item in shown["items"].as_array().into_iter().flatten() {
            let (id, state) = (text_of(&item["id"]), text_of(&item["state"]));
            let copies = self.desk.copies(id, &text).await?;
            *figures.outcomes.entry(state.to_owned()).or_default() += 1;
            figures.duplicates += usize::from(copies > 1);
            figures.missing += usize::from(state == "applied" && copies == 0);
            figures.unexpected += usize::from(matches!(state, "rejected" | "skipped" | "held") && copies > 0);
        }
        Ok(figures)
    }

    /// Conversations that a mass reply reaches, so many of them.
    fn who_takes_part(&self, n: usize) -> Result<Vec<String>> {
        let file = self.reply_file("Hello")?;
        let dry = self.client.must(&[
            "bulk",
            "t",
            "is:active,done channel:email",
            "--reply-file",
            &file,
            "--dry-run",
        ])?;
        let recipients = dry["recipients"].as_array().into_iter().flatten();
        let ids: Vec<String> = recipients
            .filter(|one| one["included"] == true)
            .map(|one| text_of(&one["id"]).to_owned())
            .take(n)
            .collect();
        if ids.len() < n {
            return Err(format!("only {} of {n} conversations can be written to", ids.len()).into());
        }
        Ok(ids)
    }

    fn confirm(&self, text: &str) -> Result<String> {
        let ids = self.folder.path().join("ids");
        std::fs::write(&ids, self.recipients.join("\n"))?;
        let (ids, file) = (ids.display().to_string(), self.reply_file(text)?);
        let (name, n) = (format!("Round {}", self.rounds), self.recipients.len().to_string());
        let mut arguments = vec!["bulk", "t", "--ids", &ids, "--reply-file", &file, "--status", "done"];
        arguments.extend(["--name", &name, "--expect", &n, "--yes", "--detach"]);
        Ok(text_of(&self.client.must(&arguments)?["job"]).to_owned())
    }

    /// Works until nothing is left to send, and nothing to settle that can be settled.
    fn end(&self, job: &str) -> Result<Value> {
        let mut shown = self.show(job)?;
        for _ in 0..PATIENCE {
            if is_settled(&shown) {
                break;
            }
            // It may end with 1, because the desk failed too often in a row: that is no end here.
            self.client.work_until_killed(LONG)?;
            shown = self.show(job)?;
        }
        Ok(shown)
    }

    fn show(&self, job: &str) -> Result<Value> {
        self.client.must(&["job", "t", job])
    }

    fn reply_file(&self, text: &str) -> Result<String> {
        let file = self.folder.path().join("reply.txt");
        std::fs::write(&file, text)?;
        Ok(file.display().to_string())
    }
}

impl Figures {
    /// Adds up.
    pub fn add(&mut self, other: &Self) {
        self.kills += other.kills;
        self.rounds += other.rounds;
        self.recipients += other.recipients;
        self.duplicates += other.duplicates;
        self.missing += other.missing;
        self.unexpected += other.unexpected;
        for (state, n) in &other.outcomes {
            *self.outcomes.entry(state.clone()).or_default() += n;
        }
    }

    /// Whether they are what was promised. Where the desk dedupes on our reference, everybody gets it.
    pub fn hold(&self, dedupes: bool) -> bool {
        let applied = self.outcomes.get("applied").copied().unwrap_or_default();
        let counted: usize = self.outcomes.values().sum();
        let everybody = !dedupes || applied == self.recipients;
        let over = !["pending", "sending"].iter().any(|state| self.outcomes.contains_key(*state));
        let wrong = self.duplicates + self.missing + self.unexpected;
        wrong == 0 && counted == self.recipients && everybody && over
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcomes: Vec<String> = self.outcomes.iter().map(|(state, n)| format!("{n} {state}")).collect();
        let Self { kills, rounds, recipients, duplicates, missing, unexpected, .. } = self;
        write!(
            f,
            "{kills} kills, {rounds} mass replies to {recipients} in all: {}; at the desk {duplicates} duplicates, \
             {missing} missing, {unexpected} unexpected",
            outcomes.join(", ")
        )
    }
}

fn is_settled(shown: &Value) -> bool {
    // An answer without figures is no answer: nothing is settled as long as they are missing.
    let open = ["pending", "unknown"].map(|state| shown["counts"][state].as_u64());
    open == [Some(0), Some(0)]
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
