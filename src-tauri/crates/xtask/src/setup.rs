//! Set-up: names what the machine lacks and installs it. Both commands run it first; when nothing is missing it takes
//! a fraction of a second.

use crate::step::{must, npm, step};
use crate::{Result, packages, root};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::Command;

/// The oldest Node that the UI's tools run on.
const NODE_MAJOR: u32 = 20;

/// Brings the machine to the point where everything else can run.
pub fn run(assume_yes: bool) -> Result<()> {
    step("Set-up", || {
        system(assume_yes)?;
        request_tracker(assume_yes)?;
        rust()?;
        node()?;
        node_modules()
    })
}

fn system(assume_yes: bool) -> Result<()> {
    if !packages::is_debian() {
        println!("  {}", elsewhere());
        return Ok(());
    }
    let missing = packages::missing();
    if missing.is_empty() {
        return Ok(());
    }
    println!("  Missing Debian packages: {}", missing.join(" "));
    if !packages::may_install() {
        return Err(format!("install them and start again: {}", packages::command_line(&missing)).into());
    }
    if !assume_yes && !agreed("  Install them now?")? {
        return Err(format!("not installed. To do it by hand: {}", packages::command_line(&missing)).into());
    }
    packages::install(&missing)
}

/// Request Tracker, for its tests. Nobody needs it to build or use Muster, so it is installed only where that was agreed to
/// beforehand, and what does not work is said and passed over.
fn request_tracker(assume_yes: bool) -> Result<()> {
    if !packages::is_debian() || packages::missing_request_tracker().is_empty() {
        return Ok(());
    }
    let by_hand = |why: &str, missing: &[&str]| {
        println!(
            "  Request Tracker 5 is not installed ({why}): its tests are left out. By hand: {}",
            packages::command_line(missing)
        );
    };
    let missing = packages::missing_request_tracker();
    if !assume_yes || !packages::may_install() {
        by_hand("neither CI is set nor --yes given, or this user may not", &missing);
        return Ok(());
    }
    if !packages::available(&missing)
        && let Err(error) = packages::update()
    {
        by_hand(&error.to_string(), &missing);
        return Ok(());
    }
    if !packages::available(&missing) {
        by_hand("this distribution does not have it", &missing);
        return Ok(());
    }
    println!("  Installing Request Tracker 5 for its tests; none of its services is started");
    if let Err(error) = packages::install_quietly(&missing) {
        by_hand(&error.to_string(), &missing);
    }
    Ok(())
}

fn elsewhere() -> &'static str {
    if cfg!(target_os = "macos") {
        "macOS: needs the Xcode command line tools (`xcode-select --install`). The tour runs on Linux only."
    } else if cfg!(windows) {
        "Windows: needs the MSVC build tools, perl (for OpenSSL) and WebView2. The tour runs on Linux only."
    } else {
        "This Linux is not Debian. Needed: a C compiler, perl, pkg-config and WebKitGTK 4.1 with headers; for the tour \
         also WebKitWebDriver, Xvfb, openbox, dbus-daemon, gnome-keyring, secret-tool, dunst and ImageMagick."
    }
}

/// Asks on the terminal; without a terminal nobody can agree.
fn agreed(question: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        println!("  Nobody is there to ask: pass --yes to agree beforehand.");
        return Ok(false);
    }
    print!("{question} [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

fn rust() -> Result<()> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if works(Command::new("cargo").args([tool, "--version"])) {
            continue;
        }
        println!("  Missing Rust component: {component}");
        must(Command::new("rustup").args(["component", "add", component]))?;
    }
    Ok(())
}

fn node() -> Result<()> {
    let version = Command::new("node").arg("--version").output().map_err(|_| {
        format!("Node {NODE_MAJOR} or newer is not installed: see nodejs.org, or your system's packages")
    })?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    if major(&version).is_none_or(|found| found < NODE_MAJOR) {
        return Err(format!("Node {NODE_MAJOR} or newer is needed, found {version}").into());
    }
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Runs `npm ci` when the lock file is another than the one last installed.
fn node_modules() -> Result<()> {
    let lock = Path::new("ui/package-lock.json");
    let stamp = root::target().join("xtask/package-lock.json");
    let wanted = std::fs::read(lock).map_err(|error| format!("cannot read {}: {error}", lock.display()))?;
    if Path::new("ui/node_modules").is_dir() && std::fs::read(&stamp).is_ok_and(|last| last == wanted) {
        return Ok(());
    }
    println!("  Installing the UI's packages (npm ci)");
    must(&mut npm("ci --no-audit --no-fund"))?;
    std::fs::create_dir_all(root::target().join("xtask"))?;
    std::fs::write(&stamp, wanted)?;
    Ok(())
}

fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|out| out.status.success())
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn reads_the_major_version_of_node() {
        assert_eq!(major("v20.19.4"), Some(20));
        assert_eq!(major("22.1.0"), Some(22));
        assert_eq!(major("nightly"), None);
    }
}
