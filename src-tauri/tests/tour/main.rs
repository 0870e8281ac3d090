//! The tour: the whole way through Muster in the real window, on a help desk process of its own, in a private session.
//! It is the demo of a machine without a display and the end-to-end test at once: every step states what it saw, in
//! the window and at the desk, and the first that does not see what it should ends the tour.
#![expect(clippy::print_stdout, reason = "a terminal program: what it prints is its product")]

mod acts;
mod audience;
mod ctl;
mod desk;
mod files;
mod notifications;
mod process;
mod report;
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
    match play(&target.join("demo")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("✗ {error}");
            ExitCode::FAILURE
        }
    }
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

async fn all_acts(stage: &mut stage::Stage) -> Result<()> {
    acts::sign_in::play(stage).await?;
    acts::look::play(stage).await?;
    acts::dark::play(stage).await?;
    acts::select::play(stage).await?;
    acts::mass_reply::play(stage).await?;
    acts::click::play(stage).await?;
    acts::follow::play(stage).await?;
    acts::offline::play(stage).await?;
    acts::together::play(stage).await?;
    acts::crash::play(stage).await?;
    acts::secrets::play(stage).await?;
    acts::viewer::play(stage).await?;
    acts::mail::play(stage).await?;
    acts::keyring::play(stage).await
}
