//! The help desk process, and what it says over HTTP that it holds.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Client;
use serde_json::Value;

use crate::{Result, sync};

/// How often the referee asks again when a fault hits his own question.
const ATTEMPTS: u32 = 100;

/// A desk of its own; it ends with the torture.
pub struct Desk {
    process: Child,
    http: Client,
    pub url: String,
    pub key: String,
    /// The handle of the agent whose key it is.
    pub me: String,
}

impl Desk {
    /// Starts without faults: the first sync is not what is tortured.
    pub fn start(data: &Path, seed: u64, extra: &[&str]) -> Result<Self> {
        let seed = seed.to_string();
        let arguments: Vec<&str> = ["--seed", &seed].into_iter().chain(extra.iter().copied()).collect();
        let (process, line) = spawn(data, &arguments)?;
        let said: Value =
            serde_json::from_str(&line).map_err(|_| format!("the desk's first line: {line}"))?;
        let text = |field: &str| {
            said[field].as_str().map(str::to_owned).ok_or_else(|| format!("the desk's first line: {line}"))
        };
        let (url, key) = (text("url")?, text("api_key")?);
        let me = said["me"]["handle"].as_str().or(said["me"].as_str()).unwrap_or_default().to_owned();
        Ok(Self { process, http: Client::builder().no_proxy().build()?, url, key, me })
    }

    /// Starts again at the same address with the same data, and faults.
    pub fn restart(&mut self, data: &Path, faults: &str) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        let address = self.url.trim_start_matches("http://").trim_end_matches('/');
        self.process = spawn(data, &["--listen", address, "--faults", faults])?.0;
        Ok(())
    }

    /// How often the customer of a conversation got exactly this text.
    pub async fn copies(&self, id: &str, text: &str) -> Result<usize> {
        let is_copy = |message: &&Value| {
            message["kind"] == "message" && message["from"] == "agent" && message["text"] == text
        };
        for _ in 0..ATTEMPTS {
            if let Some(thread) = self.thread(id).await {
                return Ok(thread["messages"].as_array().into_iter().flatten().filter(is_copy).count());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("the desk does not say what {id} holds").into())
    }

    /// Every conversation by id, with its state in one line.
    pub async fn everything(&self) -> Result<BTreeMap<String, String>> {
        let mut all = BTreeMap::new();
        let mut after = String::new();
        loop {
            let page = self.patiently(&format!("api/conversations?limit=500&after={after}")).await?;
            for conversation in page["conversations"].as_array().into_iter().flatten() {
                all.extend([sync::state(conversation)?]);
            }
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => return Ok(all),
            }
        }
    }

    /// Lets the desk do something by itself; what it refuses is not done.
    pub async fn simulate(&self, what: &str, body: &Value) -> Result<()> {
        let url = format!("{}/api/_simulate/{what}", self.url.trim_end_matches('/'));
        self.http.post(&url).bearer_auth(&self.key).json(body).send().await?;
        Ok(())
    }

    /// Asks until no fault hits the question.
    async fn patiently(&self, path: &str) -> Result<Value> {
        let url = format!("{}/{path}", self.url.trim_end_matches('/'));
        for _ in 0..ATTEMPTS {
            let answer = self.http.get(&url).bearer_auth(&self.key).send().await;
            if let Ok(answer) = answer.and_then(reqwest::Response::error_for_status)
                && let Ok(said) = answer.json().await
            {
                return Ok(said);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("the desk does not answer {url}").into())
    }

    /// None where a fault hit the question.
    async fn thread(&self, id: &str) -> Option<Value> {
        let url = format!("{}/api/conversations/{id}", self.url.trim_end_matches('/'));
        let answer = self.http.get(&url).bearer_auth(&self.key).send().await.ok()?;
        answer.error_for_status().ok()?.json().await.ok()
    }
}

/// The process, and the first line that it says.
fn spawn(data: &Path, extra: &[&str]) -> Result<(Child, String)> {
    let mut process = Command::new(env!("CARGO_BIN_EXE_musterctl"))
        .args(["desk", "--data"])
        .arg(data)
        .args(extra)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut output = BufReader::new(process.stdout.take().ok_or("the desk has no output")?);
    let mut line = String::new();
    output.read_line(&mut line)?;
    // Somebody must go on reading: a full pipe would stop the desk.
    std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
    Ok((process, line))
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
