//! `cargo xtask`: the commands that a person or a build server types. It holds no logic of the product and depends on
//! little, so that it compiles in seconds and can say what a fresh machine lacks before anything long starts.
#![expect(clippy::print_stdout, reason = "a terminal program: what it prints is its product")]

mod bench;
mod contract;
mod demo;
mod direction;
mod packages;
mod root;
mod setup;
mod step;
mod test;
mod torture;
mod wire;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Whatever went wrong, as a sentence for the terminal.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set up, show and test Muster")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Install what is missing without asking (implied by CI)
    #[arg(long, short, global = true)]
    yes: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Name what this machine lacks, and install it
    Setup,
    /// Show Muster: a window on a demo help desk, or, without a display, the tour with screenshots
    Demo {
        /// Play the tour in a private, invisible display even though there is a real one
        #[arg(long)]
        headless: bool,
    },
    /// Print what large jobs and large caches cost, each beside a baseline of the same run; builds optimised, asserts no time
    Bench {
        /// Print one JSON document instead of a table
        #[arg(long)]
        json: bool,
        /// How many conversations the benches of the cache and the window are about
        #[arg(long)]
        conversations: Option<usize>,
        /// Take only these benches (journal, job, cache; window is taken only when named), or measures whose names
        /// contain one of these
        names: Vec<String>,
    },
    /// Check everything: formats, lints, every test, and the tour in the real window
    Test,
    /// Kill and crash for long, and let the help desk count who heard what how often
    Torture {
        /// How often musterctl is killed, at a desk that dedupes and again at one that does not; as many histories
        #[arg(long, default_value_t = 200)]
        kills: u32,
        /// Where the random moments come from
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let assume_yes = cli.yes || std::env::var_os("CI").is_some();
    let done = root::enter().and_then(|()| match cli.command {
        Command::Setup => setup::run(assume_yes),
        Command::Bench { json, conversations, names } => bench::run(json, &names, conversations),
        Command::Demo { headless } => demo::run(assume_yes, headless),
        Command::Test => test::run(assume_yes),
        Command::Torture { kills, seed } => torture::run(kills, seed),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\n✗ {error}");
            ExitCode::FAILURE
        }
    }
}
