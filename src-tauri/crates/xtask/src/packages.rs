//! The Debian packages that a machine with only Rust, Node and Python lacks, each with what it is for.

use crate::Result;
use std::path::Path;
use std::process::Command;

/// Needed to build and run the window.
const BUILD: &[&str] = &[
    "build-essential", // C compiler, make and perl: SQLCipher and OpenSSL are built from source
    "pkg-config",      // finds the libraries below
    "libwebkit2gtk-4.1-dev", // the web view, with GTK 3
    "ca-certificates", // the trust store of the system, which every connection leans on
];

/// Needed by the tour on a machine without a display, and by its screenshots.
const TOUR: &[&str] = &[
    "webkit2gtk-driver",      // WebDriver for the real window
    "xvfb",                   // a display that nobody sees
    "openbox",                // a window manager
    "dbus",                   // a session bus
    "gnome-keyring",          // the Secret Service that holds the keys
    "libsecret-tools",        // looks into it, to prove that the key is there
    "dunst",                  // shows notifications, and lets the tour click them
    "imagemagick",            // takes the screenshots
    "fonts-noto-core",        // scripts of the demo's customers …
    "fonts-noto-cjk",         // … Chinese, Japanese and Korean …
    "fonts-noto-color-emoji", // … and what they write in chats
];

/// A real help desk that nobody here wrote, for tests and for the bench: left out, loudly, where it is not installed.
const REQUEST_TRACKER: &[&str] = &[
    "request-tracker5",   // Request Tracker 5
    "rt5-db-sqlite",      // on SQLite
    "rt5-standalone",     // with a web server of its own
    "dbconfig-no-thanks", // without a database of the system, and without its questions
    "msmtp-mta",          // a mail program that is no daemon; never called
    "sqlite3",            // copies a database while it is in use
    "curl",               // asks whether it answers yet
];

/// The packages that are not installed; nothing where there is no `dpkg`.
pub fn missing() -> Vec<&'static str> {
    BUILD.iter().chain(TOUR).copied().filter(|package| !installed(package)).collect()
}

/// Those of Request Tracker that are not installed. Another mail program does as well.
pub fn missing_request_tracker() -> Vec<&'static str> {
    let has_mail = Path::new("/usr/sbin/sendmail").exists();
    let wanted = REQUEST_TRACKER.iter().copied().filter(|package| *package != "msmtp-mta" || !has_mail);
    wanted.filter(|package| !installed(package)).collect()
}

/// Whether this distribution has them at all.
pub fn available(packages: &[&str]) -> bool {
    let known = |package: &&str| {
        Command::new("apt-cache").args(["show", package]).output().is_ok_and(|out| out.status.success())
    };
    packages.iter().all(known)
}

/// Brings the lists of packages up to date.
pub fn update() -> Result<()> {
    apt_get(&["update", "-q"])
}

/// Installs packages, and lets none of them start a service.
pub fn install_quietly(packages: &[&str]) -> Result<()> {
    let _silence = Silence::begin()?;
    apt_get(&[&["install", "-q", "-y", "--no-install-recommends"], packages].concat())
}

/// While this lives, a package that is installed starts nothing: Debian's own way of saying so.
struct Silence {
    is_mine: bool,
}

const POLICY: &str = "/usr/sbin/policy-rc.d";

impl Silence {
    fn begin() -> Result<Self> {
        let is_mine = !Path::new(POLICY).exists();
        if is_mine {
            as_root(&[
                "sh",
                "-c",
                &format!("printf '#!/bin/sh\\nexit 101\\n' > {POLICY} && chmod +x {POLICY}"),
            ])?;
        }
        Ok(Self { is_mine })
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        if self.is_mine
            && let Err(error) = as_root(&["rm", "-f", POLICY])
        {
            println!("  {POLICY} could not be removed: {error}");
        }
    }
}

fn as_root(words: &[&str]) -> Result<()> {
    let (program, arguments) = if is_root() {
        words.split_first().map_or(("true", words), |(program, rest)| (*program, rest))
    } else {
        ("sudo", words)
    };
    crate::step::must(Command::new(program).args(arguments))
}

/// Whether this is Debian or one of its children.
pub fn is_debian() -> bool {
    cfg!(target_os = "linux") && Path::new("/etc/debian_version").exists()
}

/// Installs packages with apt-get, through sudo unless this is root already.
pub fn install(packages: &[&str]) -> Result<()> {
    apt_get(&["update", "-q"])?;
    let mut arguments = vec!["install", "-q", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(&arguments)
}

/// What to type where this program may not do it.
pub fn command_line(packages: &[&str]) -> String {
    format!("sudo apt-get install --no-install-recommends {}", packages.join(" "))
}

/// Whether this process is root or has sudo at hand.
pub fn may_install() -> bool {
    is_root() || Command::new("sudo").arg("--version").output().is_ok_and(|out| out.status.success())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = if is_root() { Command::new("apt-get") } else { Command::new("sudo") };
    if !is_root() {
        command.arg("apt-get");
    }
    crate::step::must(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status}", package])
        .output()
        .is_ok_and(|out| out.stdout.starts_with(b"installed"))
}
