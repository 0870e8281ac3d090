//! The tour: the whole way through Muster in the real window, on a help desk process of its own, in a private session.
//! It is the demo of a machine without a display and the end-to-end test at once: every step states what it saw, in
//! the window and at the desk, and the first that does not see what it should ends the tour.
#![expect(clippy::print_stdout, reason = "a terminal program: what it prints is its product")]

mod acts;
mod audience;
mod ctl;
mod desk;
mod files;
mod jobs;
mod measure;
mod notifications;
mod process;
mod report;
#[path = "../rt/server.rs"]
mod request_tracker;
mod scene;
mod session;
mod settings;
mod stage;
mod wait;
mod webdriver;
mod window;

use std::path::Path;
use std::process::ExitCode;

/// Whatever went wrong, as a sentence.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let target = Path::new(env!("CARGO_BIN_EXE_muster")).ancestors().nth(2).unwrap_or(Path::new("target"));
    let done = match conversations_to_measure() {
        Some(conversations) => measure(conversations, &target.join("bench-window")),
        None => play(&target.join("demo")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("✗ {error}");
            ExitCode::FAILURE
        }
    }
}

/// `--measure-window N` takes figures instead of playing the tour.
fn conversations_to_measure() -> Option<u64> {
    let mut words = std::env::args().skip_while(|word| word != "--measure-window");
    words.nth(1)?.parse().ok()
}

fn measure(conversations: u64, folder: &Path) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a TLS provider was there already")?;
    runtime.block_on(measure::window(conversations, &folder.join("logs")))
}

fn play(folder: &Path) -> Result<()> {
    // One thread: the processes of the tour die with the thread that started them.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a TLS provider was there already")?;
    runtime.block_on(async {
        let mut stage = stage::Stage::raise(folder).await?;
        let outcome = all_acts(&mut stage).await;
        stage.report.write(&outcome)?;
        println!("\n{}", stage.report.closing());
        outcome
    })
}

/// Plays the acts that are named on the command line, all of them when none is.
macro_rules! play {
    ($stage:ident: $($act:ident),+) => {
        let named: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
        $(if named.is_empty() || named.iter().any(|name| name == stringify!($act)) {
            acts::$act::play($stage).await?;
        })+
    };
}

/// Every act finds the window as the one before leaves it, and the first signs in. For work on an act,
/// `cargo test --test tour -- sign_in undo` plays it alone.
async fn all_acts(stage: &mut stage::Stage) -> Result<()> {
    play!(
        stage: sign_in, look, dark, settings, select, plan, mass_reply, click, follow, offline, together, crash, canary, pause,
        take_back, retry, undo, second, draft, note, file, approved, secrets, viewer, mail, keyring, fernand,
        request_tracker
    );
    Ok(())
}
