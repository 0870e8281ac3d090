//! A siege of the sync: `musterctl sync` is killed at random moments while the desk changes under it and fails now and
//! then. In the end the cache is what the desk says over HTTP: the same conversations, each in the same state.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Result;
use crate::client::Client;
use crate::desk::Desk;

/// At the desk: several pages, and few enough that fetching every thread takes seconds.
const CONVERSATIONS: &str = "700";
/// Kills between two comparisons.
const KILLS_PER_ROUND: u32 = 25;
/// How long a sync may live before it is killed, in milliseconds.
const LIFE: std::ops::Range<u64> = 5..700;
/// What the desk changes before each sync.
const CHANGES: std::ops::Range<usize> = 1..12;
/// How often a sync that the desk's faults ended is begun again.
const PATIENCE: u32 = 40;
/// How long the last one of a round may take.
const LONG: Duration = Duration::from_secs(120);

/// A desk that changes, and a client that fetches.
pub struct Siege {
    _folder: TempDir,
    desk: Desk,
    client: Client,
    random: Rng,
}

/// What rounds came to.
#[derive(Debug, Default)]
pub struct SyncFigures {
    /// How often `musterctl` was killed.
    pub kills: u32,
    rounds: u32,
    /// Compared, over all rounds.
    compared: usize,
    /// At the desk and not in the cache, or the other way round, or different.
    wrong: usize,
    examples: Vec<String>,
}

impl Siege {
    pub fn begin(faults: &str, seed: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("desk");
        let mut desk = Desk::start(&data, seed, &["--conversations", CONVERSATIONS])?;
        let client = Client::new(folder.path().join("data"), &desk.key);
        client.must(&["account", "add", "t", "--kind", "muster", "--url", &desk.url])?;
        desk.restart(&data, faults)?;
        Ok(Self { _folder: folder, desk, client, random: Rng::with_seed(seed) })
    }

    /// Syncs with at most so many kills, then one to the end, then the comparison.
    pub async fn round(&mut self, kills: u32) -> Result<SyncFigures> {
        let mut figures = SyncFigures { rounds: 1, ..SyncFigures::default() };
        while figures.kills < kills.min(KILLS_PER_ROUND) {
            self.change().await?;
            let full = self.random.u8(0..6) == 0;
            let arguments: &[&str] = if full { &["sync", "t", "--full"] } else { &["sync", "t"] };
            let life = Duration::from_millis(self.random.u64(LIFE));
            figures.kills += u32::from(self.client.until_killed(arguments, life)?.is_none());
        }
        self.sync_to_the_end()?;
        self.compare(&mut figures).await?;
        Ok(figures)
    }

    /// Colleagues work and customers write, here and there.
    async fn change(&mut self) -> Result<()> {
        let known: Vec<String> = self.desk.everything().await?.into_keys().collect();
        for _ in 0..self.random.usize(CHANGES) {
            let Some(id) = self.random.choice(&known).cloned() else { break };
            let status = ["active", "done", "archived"][self.random.usize(0..3)];
            let tag = ["vip", "torture", "late"][self.random.usize(0..3)];
            let change =
                json!({ "conversation": id, "by": self.desk.me.as_str(), "change": { "status": status } });
            let (path, body) = match self.random.u8(0..20) {
                0 => ("change", json!({ "conversation": id, "by": self.desk.me.as_str(), "delete": true })),
                1..5 => ("customer_message", json!({ "conversation": id, "text": "Is anybody there?" })),
                5..9 => (
                    "change",
                    json!({ "conversation": id, "by": self.desk.me.as_str(), "change": { "add_tags": [tag] } }),
                ),
                _ => ("change", change),
            };
            // What the desk refuses – it was deleted meanwhile – is no change.
            self.desk.simulate(path, &body).await?;
        }
        Ok(())
    }

    fn sync_to_the_end(&self) -> Result<()> {
        for _ in 0..PATIENCE {
            if self.client.until_killed(&["sync", "t"], LONG)? == Some(true) {
                return Ok(());
            }
        }
        Err("the sync never came to an end".into())
    }

    async fn compare(&self, figures: &mut SyncFigures) -> Result<()> {
        let there = self.desk.everything().await?;
        let listed = self.client.must(&["ls", "t", "", "--limit", "1000000"])?;
        let listed = listed["conversations"].as_array().cloned().unwrap_or_default();
        let here: BTreeMap<String, String> = listed.iter().map(state).collect::<Result<_>>()?;
        let counted = self.client.must(&["count", "t", ""])?["count"].as_u64();
        if counted != u64::try_from(there.len()).ok() {
            figures.wrong += 1;
            figures.examples.push(format!("count {counted:?} of {}", there.len()));
        }
        figures.compared += there.len();
        for (id, state) in &there {
            if here.get(id) != Some(state) {
                figures.wrong += 1;
                figures.examples.push(format!("{id}: desk {state}, cache {:?}", here.get(id)));
            }
        }
        for id in here.keys().filter(|id| !there.contains_key(*id)) {
            figures.wrong += 1;
            figures.examples.push(format!("{id} is only in the cache"));
        }
        figures.examples.truncate(5);
        Ok(())
    }
}

/// A conversation's id, and its state in one line, from the JSON of the desk or of `musterctl ls`.
pub fn state(conversation: &Value) -> Result<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut tags: Vec<String> = conversation["tags"].as_array().into_iter().flatten().map(text).collect();
    tags.sort();
    let updated: Timestamp = text(&conversation["updated"]).parse()?;
    let assignee = &conversation["assignee"];
    let state = format!(
        "{} [{}] {}/{} {}",
        text(&conversation["status"]),
        tags.join(" "),
        text(&assignee["agent"]),
        text(&assignee["team"]),
        updated.as_millisecond()
    );
    Ok((text(&conversation["id"]), state))
}

impl SyncFigures {
    /// Adds up.
    pub fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.rounds += other.rounds;
        self.compared += other.compared;
        self.wrong += other.wrong;
        self.examples.extend(other.examples);
    }

    /// Whether the cache was the desk every time, and there was something to compare.
    pub fn hold(&self) -> bool {
        self.wrong == 0 && self.compared > 0
    }
}

impl fmt::Display for SyncFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, rounds, compared, wrong, examples } = self;
        write!(
            f,
            "{kills} kills of a sync, {rounds} times compared, {compared} conversations in all: {wrong} wrong"
        )?;
        examples.iter().try_for_each(|example| write!(f, "\n    {example}"))
    }
}
