//! One named step: what runs, how long it took, and whether it worked.

use crate::Result;
use std::io::IsTerminal;
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs `work` under a heading and prints its time.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("\n▶ {name}");
    let started = Instant::now();
    let outcome = work();
    let took = seconds(started.elapsed());
    match &outcome {
        Ok(_) => println!("✓ {name} · {took}"),
        Err(_) => println!("✗ {name} · {took}"),
    }
    outcome.map_err(|error| format!("{name}: {error}").into())
}

/// Runs a program as a step; what it prints is shown as it comes, so that each runner's closing lines reach the log.
pub fn run(name: &str, command: &mut Command) -> Result<()> {
    step(name, || must(command))
}

/// Runs a program and fails with its name and exit code.
pub fn must(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    if !std::io::stdout().is_terminal() {
        // Whoever reads the log looks for plain closing lines.
        command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never").env_remove("FORCE_COLOR");
    }
    let status = command.status().map_err(|error| format!("`{shown}` cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` ended with {status}").into()) }
}

/// A program with its arguments, split at spaces: enough for the fixed command lines used here.
pub fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}

/// npm, working in `ui/`.
pub fn npm(arguments: &str) -> Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(arguments.split_whitespace()).current_dir("ui");
    npm
}

/// A duration as a person reads it.
pub fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        all => format!("{} min {:02} s", all / 60, all % 60),
    }
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|word| word.to_string_lossy()));
    words.join(" ")
}
