//! `cargo xtask demo`: with a display, a window on a help desk of its own that stays until it is closed; without one,
//! the tour, which plays the whole way through and leaves pictures.

use crate::step::{command, run as run_step};
use crate::{Result, root, setup, test};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// Shows Muster.
pub fn run(assume_yes: bool, headless: bool) -> Result<()> {
    setup::run(assume_yes)?;
    test::build_ui()?;
    // With `--test`, so that the features are those of `cargo xtask test` and neither compiles the other's world anew.
    run_step("Build", &mut command("cargo build --workspace --bins --test tour"))?;
    if headless || !has_display() {
        return test::tour();
    }
    window()
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Opens the window on a seeded help desk and waits until it is closed; then the account and its key are removed.
fn window() -> Result<()> {
    let folder = std::env::current_dir()?.join(root::target()).join("demo/live");
    let data = folder.join("data");
    if data.exists() {
        // An interrupted demo left its account behind, and with it its key in the keychain.
        let _ = musterctl(&data).args(["account", "rm", "demo"]).output();
        let _ = std::fs::remove_dir_all(&folder);
    }
    std::fs::create_dir_all(&folder)?;
    let mut desk = Desk::start(&folder.join("desk"))?;
    let (url, key) = desk.address()?;
    add_account(&data, &url, &key)?;
    println!("\nThe window is open on a demo help desk at {url}. Close it to end the demo.");
    let closed = Command::new(root::built("muster")).env("MUSTER_DATA_DIR", &data).status();
    let removed = musterctl(&data).args(["account", "rm", "demo"]).status();
    closed?;
    removed?;
    Ok(())
}

fn musterctl(data: &Path) -> Command {
    let mut command = Command::new(root::built("musterctl"));
    command.env("MUSTER_DATA_DIR", data);
    command
}

/// The key goes through standard input: never an argument, which every process of the machine could read.
fn add_account(data: &Path, url: &str, key: &str) -> Result<()> {
    let mut adding = musterctl(data)
        .args(["account", "add", "demo", "--kind", "muster", "--url", url, "--key-stdin"])
        .stdin(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = adding.stdin.take() {
        writeln!(input, "{key}")?;
    }
    let status = adding.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the demo account could not be added ({status})").into())
    }
}

/// The demo's help desk; it ends with the demo.
struct Desk {
    process: Child,
    /// Kept open: a program whose output nobody can take any more ends.
    output: BufReader<ChildStdout>,
}

impl Desk {
    fn start(data: &Path) -> Result<Self> {
        let mut process = Command::new(root::built("musterctl"))
            .args(["desk", "--live", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("the help desk has no output")?;
        Ok(Self { process, output: BufReader::new(output) })
    }

    /// The first line it prints says where it listens and which key opens it.
    fn address(&mut self) -> Result<(String, String)> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).map_err(|_| format!("the help desk said: {line}"))?;
        match (said["url"].as_str(), said["api_key"].as_str()) {
            (Some(url), Some(key)) => Ok((url.to_owned(), key.to_owned())),
            _ => Err("the help desk said neither its address nor its key".into()),
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
