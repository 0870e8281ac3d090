//! The help desk against its own contract: Schemathesis reads the OpenAPI document of a running desk and calls everything
//! in it with what fits and what does not. An undocumented status, an answer that breaks its schema, or a 500 fails.

use crate::step::{must, step};
use crate::{Result, root};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Pinned: another version asks other things.
const VERSION: &str = "4.32.5";
/// Seconds that it may take.
const TIME: u32 = 45;
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,ignored_auth";
/// A stream never ends; faults would break the answers on purpose.
const LEFT_OUT: [&str; 2] = ["/api/events", "/api/_simulate/faults"];

/// Runs it, or says why not.
pub fn run() -> Result<()> {
    let Some(schemathesis) = installed()? else {
        println!("\n– The desk against its contract: left out, Python 3.10 or newer with venv is not there");
        return Ok(());
    };
    step("The desk against its contract", || {
        let desk = Desk::start()?;
        let mut run = Command::new(schemathesis);
        run.args(["run", "--header", &format!("Authorization: Bearer {}", desk.key)])
            .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
            .args(["--max-time", &TIME.to_string(), "--workers", "1", "--seed", "1"])
            .args(["--request-timeout", "20", "--generation-database", "none", "--warnings", "off"])
            .args(LEFT_OUT.iter().flat_map(|path| ["--exclude-path", path]))
            .arg(format!("{}/api/openapi.json", desk.url))
            // What it leaves behind lies with the build results.
            .current_dir(root::target());
        must(&mut run)
    })
}

/// The program, in an environment of its own under `target/`; none where there is no Python for it.
fn installed() -> Result<Option<PathBuf>> {
    let home = std::path::absolute(root::target().join("schemathesis"))?;
    let folder = home.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = folder.join("schemathesis");
    let version = home.join("version");
    if std::fs::read_to_string(&version).is_ok_and(|known| known == VERSION) {
        return Ok(Some(program));
    }
    if !is_new_enough() || !made(&home) {
        return Ok(None);
    }
    println!("\n  Installing Schemathesis {VERSION}");
    let wanted = format!("schemathesis=={VERSION}");
    must(Command::new(folder.join("python")).args(["-m", "pip", "install", "--quiet", &wanted]))?;
    std::fs::write(version, VERSION)?;
    Ok(Some(program))
}

fn python() -> Command {
    Command::new(if cfg!(windows) { "python" } else { "python3" })
}

fn is_new_enough() -> bool {
    let asked = python().args(["-c", "import sys; sys.exit(sys.version_info < (3, 10))"]).output();
    asked.is_ok_and(|answer| answer.status.success())
}

/// Makes the environment; Debian's Python may come without the means.
fn made(home: &Path) -> bool {
    let made = python().args(["-m", "venv", "--clear"]).arg(home).output();
    made.is_ok_and(|answer| answer.status.success())
}

/// A desk as a process of its own; it ends with the step.
struct Desk {
    process: Child,
    url: String,
    key: String,
}

impl Desk {
    fn start() -> Result<Self> {
        let mut process = Command::new(root::built("musterctl"))
            .args(["desk", "--test-clock", "--conversations", "300"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut output = BufReader::new(process.stdout.take().ok_or("the desk has no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let said: Value =
            serde_json::from_str(&line).map_err(|_| format!("the desk's first line: {line}"))?;
        let text = |field: &str| said[field].as_str().unwrap_or_default().to_owned();
        Ok(Self { url: text("url"), key: text("api_key"), process })
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
