//! `musterctl` inside the session: the same engine in another process.

use crate::Result;
use crate::session::Session;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where `musterctl` lies: beside the window's program.
pub fn program() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_muster")).with_file_name("musterctl")
}

/// `musterctl` on one data folder.
pub struct Ctl {
    data: PathBuf,
}

/// What a run of `musterctl` came to.
#[derive(Debug)]
pub struct Said {
    /// 0 done, 1 failed, 2 usage, 3 some items need a look.
    pub code: i32,
    /// Its JSON, `Null` when it printed none.
    pub json: Value,
    /// What it printed for people.
    pub complaint: String,
}

impl Ctl {
    /// On the data folder `data`.
    pub fn new(data: PathBuf) -> Self {
        Self { data }
    }

    /// A command line, ready to be run.
    pub fn command(&self, session: &Session, arguments: &[&str]) -> Command {
        let mut command = session.command(program());
        command.arg("--json").args(arguments).env("MUSTER_DATA_DIR", &self.data).stdin(Stdio::null());
        command
    }

    /// Runs to the end and returns whatever came of it.
    pub fn run(&self, session: &Session, arguments: &[&str]) -> Result<Said> {
        Ok(said(&self.command(session, arguments).output()?))
    }

    /// Runs to the end and fails unless it ended with 0.
    pub fn must(&self, session: &Session, arguments: &[&str]) -> Result<Value> {
        let said = self.run(session, arguments)?;
        if said.code == 0 {
            return Ok(said.json);
        }
        Err(format!("musterctl {} ended with {}: {}", arguments.join(" "), said.code, said.complaint).into())
    }

    /// Runs with a secret on standard input.
    pub fn run_with_input(&self, session: &Session, arguments: &[&str], input: &str) -> Result<Said> {
        use std::io::Write;
        let mut command = self.command(session, arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        child.stdin.take().ok_or("no input")?.write_all(format!("{input}\n").as_bytes())?;
        Ok(said(&child.wait_with_output()?))
    }
}

fn said(output: &Output) -> Said {
    let text = String::from_utf8_lossy(&output.stdout);
    let json = serde_json::from_str(&text)
        .or_else(|_| serde_json::from_str(text.lines().last().unwrap_or_default()))
        .unwrap_or_default();
    let complaint = format!("{}{text}", String::from_utf8_lossy(&output.stderr));
    Said { code: output.status.code().unwrap_or(-1), json, complaint }
}
