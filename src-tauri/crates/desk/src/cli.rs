//! `musterctl desk`: runs a desk until it is interrupted.
#![expect(clippy::print_stdout, reason = "this is the terminal side of the desk")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use serde_json::json;

use crate::FernandSpec;
use crate::clock::Clock;
use crate::faults::FaultSpec;
use crate::server::{Options, Source, serve};

/// The options of `musterctl desk`.
#[derive(Clone, Debug, ClapArgs)]
pub struct Args {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: String,
    /// The data folder, for the same keys and data after a restart; without it a temporary one.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The seed of the world.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How many conversations.
    #[arg(long, value_name = "N", default_value_t = 2_000, conflicts_with = "mbox")]
    pub conversations: usize,
    /// A mail archive to take the conversations from.
    #[arg(long, value_name = "FILE")]
    pub mbox: Option<PathBuf>,
    /// Customers write and react, colleagues work: by themselves.
    #[arg(long)]
    pub live: bool,
    /// A clock that `POST /api/_clock` moves.
    #[arg(long)]
    pub test_clock: bool,
    /// Faults: latency=MS, lose_answer=P, status_429=P, status_500=P, status_500_after=P, cut=P, no_idempotency,
    /// refuse_batch.
    #[arg(long, value_name = "SPEC", default_value = "")]
    pub faults: String,
    /// How Fernand's dialect behaves: reads=N, writes=N (a minute), generated_id.
    #[arg(long, value_name = "SPEC", default_value = "")]
    pub fernand: FernandSpec,
}

/// Runs a desk until the process is interrupted. The first line of standard output says where it is, as JSON.
pub async fn run_cli(args: Args) -> ExitCode {
    let faults = match args.faults.parse::<FaultSpec>() {
        Ok(faults) => faults,
        Err(err) => {
            eprintln!("musterctl desk: {err}.");
            return ExitCode::from(2);
        }
    };
    let source = match args.mbox {
        Some(path) => Source::Mbox(path),
        None => Source::Seeded { conversations: args.conversations },
    };
    let options = Options {
        listen: args.listen,
        data: args.data,
        seed: args.seed,
        source,
        live: args.live,
        faults,
        clock: if args.test_clock { Clock::test() } else { Clock::system() },
        fernand: args.fernand,
        ..Options::default()
    };
    let running = match serve(options).await {
        Ok(running) => running,
        Err(err) => {
            eprintln!("musterctl desk: {err}.");
            return ExitCode::FAILURE;
        }
    };
    for sentence in &running.left_out {
        eprintln!("musterctl desk: {sentence}.");
    }
    let keys = json!({ "agent": running.keys.agent, "viewer": running.keys.viewer });
    let line = json!({ "url": running.url, "api_key": running.keys.agent, "keys": keys, "me": running.me });
    println!("{line}");
    interrupted().await;
    running.stop().await;
    ExitCode::SUCCESS
}

/// Until somebody asks the process to end.
async fn interrupted() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    // Without a handler the default ends the process all the same.
    let _ = tokio::signal::ctrl_c().await;
}
