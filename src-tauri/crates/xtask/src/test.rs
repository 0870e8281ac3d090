//! `cargo xtask test`: everything that must hold before a change goes in, in the order in which it fails soonest.
//! Each step shows its own output; the first that fails ends the run.

use crate::step::{command, npm, run as run_step, seconds, step};
use crate::{Result, contract, direction, setup, torture, wire::Wire};
use std::time::Instant;

/// The short torture: the same seed every time.
const KILLS: u32 = 20;
const SEED: u64 = 1;
const RECIPIENTS: usize = 150;

/// Runs every check.
pub fn run(assume_yes: bool) -> Result<()> {
    let started = Instant::now();
    setup::run(assume_yes)?;
    run_step("Rust format", &mut command("cargo fmt --all --check"))?;
    step("Arrows between crates", direction::check)?;

    run_step("UI format", &mut npm("run --silent format:check"))?;
    run_step("UI lint", &mut npm("run --silent lint"))?;
    run_step("UI types", &mut npm("run --silent check"))?;
    run_step("UI tests", &mut npm("run --silent test"))?;
    build_ui()?;

    run_step("Clippy", &mut command("cargo clippy --workspace --all-targets -- -D warnings"))?;
    run_step(
        "Clippy, tour",
        &mut command("cargo clippy --workspace --test tour --test torture -- -D warnings"),
    )?;
    // One build for everything: building packages one by one would choose other features and compile the world twice.
    run_step("Build", &mut command("cargo build --workspace --all-targets"))?;
    let wire = Wire::now()?;
    run_step("Rust tests", &mut command("cargo test --workspace --no-fail-fast"))?;
    step("TypeScript types are those of Rust", || Wire::now()?.must_equal(&wire))?;
    contract::run()?;
    torture::kill_dash_nine(KILLS, SEED, RECIPIENTS)?;

    tour()?;
    println!("\n✓ Everything holds · {}", seconds(started.elapsed()));
    Ok(())
}

/// Builds the UI that the window embeds: always before the window itself.
pub fn build_ui() -> Result<()> {
    run_step("UI build", &mut npm("run --silent build"))
}

/// Plays the tour in the real window, in a private session; its pictures and its report go to `target/demo/`.
pub fn tour() -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!("\n– Tour: left out, it needs Linux (Xvfb, a session bus and WebKitWebDriver)");
        return Ok(());
    }
    run_step("Tour in the real window", &mut command("cargo test --workspace --test tour"))
}
