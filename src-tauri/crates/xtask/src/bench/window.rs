//! `cargo xtask bench window`: what the real window costs on a large cache, from a key to the frame that shows it. Not among
//! the others, because it builds the whole program and needs a display of its own (the tour's).

use super::Measure;
use crate::Result;
use crate::step::{command, run as run_step};
use crate::test::build_ui;
use std::process::Stdio;

/// Conversations unless somebody says how many.
const CONVERSATIONS: usize = 100_000;

/// Builds the window optimised and takes its measures.
pub fn take(conversations: Option<usize>) -> Result<Vec<Measure>> {
    if !cfg!(target_os = "linux") {
        return Err("the bench of the window needs Linux: Xvfb, a session bus and WebKitWebDriver".into());
    }
    build_ui()?;
    run_step("Build", &mut command("cargo build --profile bench -p muster -p musterctl"))?;
    let n = conversations.unwrap_or(CONVERSATIONS);
    let output = command("cargo test --quiet --profile bench -p muster --test tour -- --measure-window")
        .arg(n.to_string())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    let said = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        let why = said.lines().find(|line| line.starts_with('✗')).unwrap_or_default();
        return Err(format!("the bench of the window ended with {} {why}", output.status).into());
    }
    said.lines().filter(|line| line.starts_with('{')).map(Measure::read).collect()
}
