//! `musterctl` on a data folder of its own, with one agent's key at Request Tracker.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::server::{Result, bounded};

/// How long a request that was given up on may still be worked on, in seconds. Our chunks take this RT a few seconds, even
/// slowed down; a shipped Muster waits two minutes.
const SETTLE_SECONDS: &str = "25";
/// The longest that one `musterctl` may take: faults, settle times and a busy machine included.
const PATIENCE: Duration = Duration::from_secs(300);

pub struct Client {
    folder: TempDir,
    key: String,
}

impl Client {
    /// Signs in and syncs.
    pub fn sign_in(url: &str, key: &str) -> Result<Self> {
        let client = Self { folder: tempfile::tempdir()?, key: key.to_owned() };
        client.must(&["account", "add", "rt", "--kind", "rt", "--url", url])?;
        client.must(&["sync", "rt"])?;
        Ok(client)
    }

    /// Runs to the end; fails unless it ended with 0.
    pub fn must(&self, arguments: &[&str]) -> Result<Value> {
        let (code, json, complaint) = self.run(arguments)?;
        if code == 0 {
            return Ok(json);
        }
        Err(format!("musterctl {} ended with {code}: {complaint}", arguments.join(" ")).into())
    }

    /// Runs to the end: the code, the JSON, and everything that was said.
    pub fn run(&self, arguments: &[&str]) -> Result<(i32, Value, String)> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_musterctl"));
        command.args(["--json", "--key-env", "RT_KEY"]).args(arguments);
        command.env("RT_KEY", &self.key).env("MUSTER_DATA_DIR", self.folder.path().join("data"));
        command.env("MUSTER_TEST_SETTLE_SECONDS", SETTLE_SECONDS);
        let output = bounded(command, PATIENCE)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let json = serde_json::from_str(&text)
            .or_else(|_| serde_json::from_str(text.lines().last().unwrap_or_default()))
            .unwrap_or_default();
        let complaint = format!("{}{text}", String::from_utf8_lossy(&output.stderr));
        Ok((output.status.code().unwrap_or(-1), json, complaint))
    }

    pub fn count(&self, filter: &str) -> Result<u64> {
        let count = self.must(&["count", "rt", filter])?;
        count["count"].as_u64().ok_or_else(|| format!("no count: {count}").into())
    }

    /// The numbers of conversations.
    pub fn ids(&self, filter: &str) -> Result<Vec<String>> {
        let list = self.must(&["ls", "rt", filter, "--limit", "1000"])?;
        let all = list["conversations"].as_array().into_iter().flatten();
        Ok(all.filter_map(|one| one["id"].as_str().map(str::to_owned)).collect())
    }

    /// A bulk action on exactly these: its counts.
    pub fn bulk(&self, ids: &[String], arguments: &[&str]) -> Result<Value> {
        let file = self.file("ids", &ids.join("\n"))?.display().to_string();
        let mut all = vec!["bulk", "rt", "--ids", &file, "--yes"];
        all.extend(arguments);
        let (code, json, complaint) = self.run(&all)?;
        if matches!(code, 0 | 3) { Ok(json["counts"].clone()) } else { Err(complaint.into()) }
    }

    /// A mass reply to exactly these.
    pub fn reply(&self, ids: &[String], text: &str, more: &[&str]) -> Result<Value> {
        let file = self.file("reply.txt", text)?.display().to_string();
        let mut arguments = vec!["--reply-file", &file];
        arguments.extend(more);
        self.bulk(ids, &arguments)
    }

    fn file(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }
}
