//! Torture: `musterctl` is killed with `kill -9` at random moments while it writes to hundreds of customers at a help
//! desk that loses answers after the work and answers 429 and 500. The desk is the referee: afterwards every recipient
//! holds the message exactly once where the journal says *applied*, and never twice, whatever it says. Then its sync is
//! killed while the desk changes, and in the end the cache is what the desk says.
//!
//! `cargo xtask torture` runs it; the random moments come from a seed, the kernel's scheduling does not.
#![expect(clippy::print_stdout, reason = "a terminal program: what it prints is its product")]

mod client;
mod desk;
mod round;
mod sync;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use round::{Figures, Torture};
use sync::{Siege, SyncFigures};

/// Whatever went wrong, as a sentence.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What the desk does wrong while replies leave.
const FAULTS: &str = "lose_answer=0.05,status_429=0.05,status_500=0.05,status_500_after=0.05,cut=0.02";

/// What the desk does wrong while it is fetched from.
const SYNC_FAULTS: &str = "latency=5,status_429=0.02,status_500=0.03,cut=0.02";

#[derive(Parser)]
#[command(about = "Kills musterctl at random moments and lets the help desk count")]
struct Args {
    /// How often musterctl is killed: at a desk that dedupes, again at one that does not, and while it syncs
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Where the random moments come from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// To how many conversations each mass reply goes
    #[arg(long, default_value_t = 500)]
    recipients: usize,
}

fn main() -> ExitCode {
    match torture(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            println!("✗ the help desk holds something else than the journal says");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("✗ {error}");
            ExitCode::FAILURE
        }
    }
}

fn torture(args: &Args) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a TLS provider was there already")?;
    let mut holds = true;
    for (name, faults, dedupes) in [
        ("a desk that dedupes", FAULTS.to_owned(), true),
        ("no_idempotency", format!("{FAULTS},no_idempotency"), false),
    ] {
        println!("{name}: {faults}, seed {}", args.seed);
        let started = Instant::now();
        let figures = runtime.block_on(rounds(args, &faults))?;
        println!("{name}: {figures}, {:.0} s", started.elapsed().as_secs_f32());
        holds &= figures.hold(dedupes);
    }
    println!("sync: {SYNC_FAULTS}, seed {}", args.seed);
    let started = Instant::now();
    let figures = runtime.block_on(siege(args))?;
    println!("sync: {figures}, {:.0} s", started.elapsed().as_secs_f32());
    holds &= figures.hold();
    Ok(holds)
}

async fn siege(args: &Args) -> Result<SyncFigures> {
    let mut siege = Siege::begin(SYNC_FAULTS, args.seed)?;
    let mut figures = SyncFigures::default();
    while figures.kills < args.kills {
        let round = siege.round(args.kills - figures.kills).await?;
        println!("  {round}");
        figures.add(round);
    }
    Ok(figures)
}

async fn rounds(args: &Args, faults: &str) -> Result<Figures> {
    let mut torture = Torture::begin(faults, args.seed, args.recipients)?;
    let mut figures = Figures::default();
    while figures.kills < args.kills {
        let round = torture.round(args.kills - figures.kills).await?;
        println!("  {round}");
        figures.add(&round);
    }
    Ok(figures)
}
