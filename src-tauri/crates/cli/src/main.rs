//! `musterctl`: Muster's engine without the window, for scripts, support engineers and tests.
//!
//! Exit codes: 0 done, 1 failed, 2 usage, 3 some items of the job worked were rejected, unknown or held.
#![expect(clippy::print_stdout, reason = "a terminal program prints its answers")]

mod account;
mod args;
mod bulk;
mod jobs;
mod open;
mod print;
mod query;
mod read;
mod schedule;
mod settings;
mod transfer;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use muster_app::{App, EnvKeys, ErrorCode, KeyStore, Keychain, SystemClock, UiError, data_dir};

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("MUSTER_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(err) => {
            return failed(
                args.json,
                &UiError::new(ErrorCode::Internal, format!("No async runtime: {err}.")),
            );
        }
    };
    let json = args.json;
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        Err(err) => failed(json, &err),
    }
}

/// One document on stdout with `--json`, a sentence on stderr without.
#[expect(clippy::print_stderr, reason = "a terminal program says what went wrong")]
fn failed(json: bool, err: &UiError) -> ExitCode {
    if json {
        println!("{}", serde_json::json!({ "error": err }));
    } else {
        eprintln!("musterctl: {}", err.message);
    }
    ExitCode::from(1)
}

async fn run(args: Args) -> Result<ExitCode, UiError> {
    if let Command::Desk(desk) = args.command {
        return Ok(muster_desk::run_cli(desk).await);
    }
    let keys: Arc<dyn KeyStore> = match &args.key_env {
        Some(name) => Arc::new(EnvKeys::from_env(name)?),
        None => Arc::new(Keychain),
    };
    let app = App::new(data_dir(args.data_dir)?, keys, Arc::new(SystemClock), None)?;
    let out = print::Out { json: args.json };
    match args.command {
        Command::Desk(_) => Ok(ExitCode::SUCCESS),
        Command::Account(command) => account::run(&app, command, args.key_env.as_deref(), out).await,
        Command::Sync { name, full } => read::sync(&app, &name, full, out).await,
        Command::Ls { name, filter, sort, limit } => {
            read::ls(&app, &name, &filter, sort.as_deref(), limit, out).await
        }
        Command::Count { name, filter } => read::count(&app, &name, &filter, out).await,
        Command::Show { name, id } => read::show(&app, &name, &id, out).await,
        Command::Bulk(command) => bulk::run(&app, *command, out).await,
        Command::Jobs(command) => jobs::list(&app, command, out).await,
        Command::Job(command) => jobs::job(&app, command, out).await,
        Command::Settings(command) => settings::run(&app, command, out).await,
        Command::Run { name } => jobs::run(&app, &name, out).await,
        Command::Import { name, file } => transfer::import(&app, &name, &file, out).await,
        Command::Export { name, filter, file } => transfer::export(&app, &name, &filter, &file, out).await,
        Command::Query { name } => query::run(&app, &name).await,
    }
}
