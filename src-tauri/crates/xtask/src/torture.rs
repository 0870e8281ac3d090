//! `cargo xtask torture`: the long loops. `kill -9` at random moments while hundreds of replies leave, and random
//! histories of plans, crashes, second processes and faults against a model. `cargo xtask test` runs few of each.

use crate::Result;
use crate::step::{command, run as run_step};

/// Both loops, so often, from this seed.
pub fn run(kills: u32, seed: u64) -> Result<()> {
    histories(kills, seed)?;
    kill_dash_nine(kills, seed, 500)
}

/// Random histories against a model.
fn histories(cases: u32, seed: u64) -> Result<()> {
    let mut histories = command("cargo test --workspace --lib histories -- --nocapture");
    histories.env("MUSTER_HISTORIES", cases.to_string()).env("MUSTER_SEED", seed.to_string());
    run_step(&format!("{cases} random histories, seed {seed}"), &mut histories)
}

/// Kills `musterctl`, and lets the help desk count.
pub fn kill_dash_nine(kills: u32, seed: u64, recipients: usize) -> Result<()> {
    let line = format!(
        "cargo test --workspace --test torture -- --kills {kills} --seed {seed} --recipients {recipients}"
    );
    run_step(&format!("{kills} × kill -9 of musterctl, seed {seed}"), &mut command(&line))
}
