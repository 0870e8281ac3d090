//! `musterctl` on a folder of its own, and the processes that it talks to.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// `musterctl` on its own data, run in its own folder.
pub struct Ctl {
    folder: TempDir,
    /// Opens the help desk, and whatever is on this computer.
    key: RefCell<String>,
}

impl Ctl {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), key: RefCell::new("a key".to_owned()) }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_musterctl"));
        command.args(["--key-env", "FILES_KEY"]).args(arguments).current_dir(self.folder.path());
        command
            .env("FILES_KEY", &*self.key.borrow())
            .env("MUSTER_DATA_DIR", self.data())
            .stdin(Stdio::null());
        command
    }

    /// What it answers, as JSON; it must end with 0.
    pub fn must(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {} {err}{out}", output.status);
        serde_json::from_str(out.lines().last().unwrap_or_default()).unwrap_or_default()
    }

    /// With what code it ends, and what it answers.
    pub fn ends(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.command(arguments).arg("--json").output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        let said = serde_json::from_str(out.lines().last().unwrap_or_default());
        (output.status.code().unwrap(), said.unwrap_or_default())
    }

    /// The sentence with which it refuses; it must end with 1.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(1),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        String::from_utf8(output.stderr).unwrap()
    }

    /// Signs in, with a key that opens everything from now on.
    pub fn add(&self, desk: &Desk, name: &str) {
        self.add_at(desk, name, &desk.url);
    }

    /// The same, by another way to the desk.
    pub fn add_at(&self, desk: &Desk, name: &str, url: &str) {
        self.key.replace(desk.key.clone());
        self.must(&["account", "add", name, "--kind", "muster", "--url", url]);
    }
}

/// A help desk.
pub struct Desk {
    process: Child,
    pub url: String,
    pub key: String,
}

impl Desk {
    pub fn start(ctl: &Ctl, conversations: usize) -> Self {
        let count = conversations.to_string();
        let data = ctl.path("desk");
        let mut command = ctl.command(&["desk", "--seed", "7", "--conversations", &count, "--data"]);
        let mut process = command.arg(data).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let text = |key: &str| said[key].as_str().unwrap().to_owned();
        Self { process, url: text("url"), key: text("api_key") }
    }
}

impl Desk {
    /// Lets it do something by itself.
    pub fn simulate(&self, what: &str, body: &Value) {
        let url = format!("{}/api/_simulate/{what}", self.url.trim_end_matches('/'));
        // Another library of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ask = reqwest::Client::new().post(url).bearer_auth(&self.key).json(body).send();
        let answer = runtime.block_on(ask).unwrap();
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A running `musterctl query`.
pub struct Queries {
    process: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Queries {
    pub fn start(ctl: &Ctl, account: &str) -> Self {
        let mut command = ctl.command(&["query", account]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (asks, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let mut queries = Self { process, asks, answers: BufReader::new(answers) };
        assert_eq!(queries.answer(), "ready");
        queries
    }

    /// Rows or how many; or the line with the error.
    pub fn ask(&mut self, line: &str) -> Result<u64, String> {
        writeln!(self.asks, "{line}").unwrap();
        let answer = self.answer();
        let numbers: Vec<u64> = answer.split(' ').filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [n, nanoseconds] if nanoseconds > 0 => Ok(n),
            _ => Err(answer),
        }
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// The end of its input is the end of it.
    pub fn end(mut self) {
        drop(self.asks);
        assert!(self.process.wait().unwrap().success());
    }
}
