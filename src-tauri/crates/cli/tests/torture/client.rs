//! `musterctl` as the torture runs it: to its end, or only until it is killed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::Result;

/// How often a running command is looked at.
const GLANCE: Duration = Duration::from_millis(5);

/// `musterctl` on one data folder, with the key of one desk.
pub struct Client {
    folder: PathBuf,
    key: String,
}

impl Client {
    pub fn new(folder: PathBuf, key: &str) -> Self {
        Self { folder, key: key.to_owned() }
    }

    /// Runs to the end; fails unless it ended with 0 or 3 (some items need a look).
    pub fn must(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !matches!(output.status.code(), Some(0 | 3)) {
            let complaint = String::from_utf8_lossy(&output.stderr);
            return Err(
                format!("musterctl {}: {} {complaint}{text}", arguments.join(" "), output.status).into()
            );
        }
        Ok(serde_json::from_str(&text)
            .or_else(|_| serde_json::from_str(text.lines().last().unwrap_or_default()))
            .unwrap_or_default())
    }

    /// Works the journal, for so long at most; says whether it was killed.
    pub fn work_until_killed(&self, after: Duration) -> Result<bool> {
        Ok(self.until_killed(&["run", "t"], after)?.is_none())
    }

    /// Runs for so long at most. None if it was killed, else whether it ended well.
    pub fn until_killed(&self, arguments: &[&str], after: Duration) -> Result<Option<bool>> {
        let mut child = self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut lived = Duration::ZERO;
        while lived < after {
            if let Some(ended) = child.try_wait()? {
                return Ok(Some(ended.success()));
            }
            std::thread::sleep(GLANCE);
            lived += GLANCE;
        }
        kill(&mut child)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_musterctl"));
        command.args(["--json", "--key-env", "TORTURE_KEY"]).args(arguments);
        command.env("TORTURE_KEY", &self.key).env("MUSTER_DATA_DIR", &self.folder).stdin(Stdio::null());
        command
    }
}

/// `kill -9`; how it had ended if that was by itself in the last moment.
fn kill(child: &mut Child) -> Result<Option<bool>> {
    if let Some(ended) = child.try_wait()? {
        return Ok(Some(ended.success()));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}
