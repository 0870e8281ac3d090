//! Starting while the process of before is still on its way out.
//!
//! A second start only brings the window of the first one up. Where the first one is just closing, it may be there when
//! it is looked for and gone when it is told; then this process is the first one after all, and begins again. It does so
//! as a new process under the same number: a process can make only one event loop.

use std::process::ExitCode;

/// Begins again, a few times. Returns only where that is of no use.
#[cfg(unix)]
pub(crate) fn again(why: &str) -> ExitCode {
    use std::os::unix::process::CommandExt;
    use std::time::Duration;

    /// Counts the tries, from one process to the next.
    const TRIES: &str = "MUSTER_START_TRIES";
    const MOST: u32 = 20;
    const PAUSE: Duration = Duration::from_millis(250);

    let tries = std::env::var(TRIES).ok().and_then(|tries| tries.parse().ok()).unwrap_or(0_u32);
    if tries >= MOST {
        tracing::error!(
            "Muster is running and cannot be reached ({why}). Close it, or end its process, and try again."
        );
        return ExitCode::FAILURE;
    }
    tracing::info!(tries, why, "the running window went before it was told to come up");
    std::thread::sleep(PAUSE);
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(err) => {
            tracing::error!("Muster cannot find its own program: {err}");
            return ExitCode::FAILURE;
        }
    };
    let err = std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(TRIES, (tries + 1).to_string())
        .exec();
    tracing::error!("Muster cannot start again: {err}");
    ExitCode::FAILURE
}

/// Elsewhere the system itself settles who is first.
#[cfg(not(unix))]
pub(crate) fn again(why: &str) -> ExitCode {
    tracing::error!("The window cannot be made: {why}");
    ExitCode::FAILURE
}
