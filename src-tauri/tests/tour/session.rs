//! A private desktop session: a display that nobody sees, a window manager, a session bus, an unlocked keyring and a
//! notification daemon, with a home folder of its own. Nothing of the person who runs the tour is read or touched.

use crate::process::{Process, tied};
use crate::wait::{SOON, ensure, until};
use crate::{Result, settings};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The process that holds the keys.
const KEYRING: &str = "keyring";

/// The running session. Dropping it ends all of its processes and removes its folder.
pub struct Session {
    /// Last process first: what was started last leans on what was started before.
    processes: Vec<Process>,
    folder: TempDir,
    logs: PathBuf,
    display: String,
    bus: String,
}

impl Session {
    /// Starts everything and waits until it answers.
    pub async fn start(logs: &Path) -> Result<Self> {
        std::fs::create_dir_all(logs)?;
        let folder = tempfile::Builder::new().prefix("muster-tour-").tempdir()?;
        settings::write(folder.path())?;
        let bus = format!("unix:path={}", folder.path().join("run/bus").display());
        let mut session =
            Self { processes: Vec::new(), folder, logs: logs.to_owned(), display: String::new(), bus };
        session.start_display()?;
        session.start_bus().await?;
        session.start_keyring().await?;
        let mut manager = session.command("openbox");
        session.add("openbox", &mut manager)?;
        let mut notifications = session.command("dunst");
        session.add("dunst", &mut notifications)?;
        session.answers("dunst", "dunstctl", &["is-paused"]).await?;
        Ok(session)
    }

    /// A program inside the session.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = tied(program);
        command.envs(self.environment());
        for outer in ["WAYLAND_DISPLAY", "XAUTHORITY", "DESKTOP_SESSION", "XDG_SESSION_TYPE"] {
            command.env_remove(outer);
        }
        command
    }

    /// The address of the session bus.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// Where Muster keeps its data in this session.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A place for other files of the tour.
    pub fn scratch(&self) -> PathBuf {
        self.folder.path().join("scratch")
    }

    /// Where files of messages are saved.
    pub fn downloads(&self) -> PathBuf {
        self.folder.path().join("home/Downloads")
    }

    /// Every folder into which a program of the session may have written something: data, caches, settings, logs.
    /// The keyring's own file and the help desk's data, which stands for another machine, are not among them.
    pub fn written(&self) -> Vec<PathBuf> {
        let inside = ["data", "home", "cache", "config", "run"].map(|name| self.folder.path().join(name));
        let share = std::fs::read_dir(self.folder.path().join("share")).into_iter().flatten().flatten();
        let share = share.map(|entry| entry.path()).filter(|path| !path.ends_with("keyrings"));
        inside.into_iter().chain(share).chain([self.logs.clone()]).collect()
    }

    /// Where the processes log to.
    pub fn logs(&self) -> &Path {
        &self.logs
    }

    /// Ends the keyring, as if this computer had none.
    pub fn end_keyring(&mut self) {
        self.processes.retain(|process| process.name() != KEYRING);
    }

    /// Brings it back, with what it held.
    pub async fn bring_back_keyring(&mut self) -> Result<()> {
        self.start_keyring().await
    }

    /// Takes a picture of the whole screen.
    pub fn screenshot(&self, path: &Path) -> Result<()> {
        let taken = self.command("import").args(["-window", "root"]).arg(path).output()?;
        ensure(taken.status.success(), || {
            format!("no screenshot: {}", String::from_utf8_lossy(&taken.stderr))
        })
    }

    /// What a program of the session prints.
    pub fn output(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let done = self.command(program).args(arguments).output()?;
        ensure(done.status.success(), || {
            format!("{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr).trim())
        })?;
        Ok(String::from_utf8(done.stdout)?)
    }

    fn environment(&self) -> Vec<(&'static str, OsString)> {
        let inside = |name: &str| self.folder.path().join(name).into_os_string();
        vec![
            ("DISPLAY", self.display.clone().into()),
            ("DBUS_SESSION_BUS_ADDRESS", self.bus.clone().into()),
            ("HOME", inside("home")),
            ("XDG_RUNTIME_DIR", inside("run")),
            ("XDG_CONFIG_HOME", inside("config")),
            ("XDG_DATA_HOME", inside("share")),
            ("XDG_CACHE_HOME", inside("cache")),
            ("MUSTER_DATA_DIR", self.data().into_os_string()),
            ("GDK_BACKEND", "x11".into()),
            ("NO_AT_BRIDGE", "1".into()),
            ("LANG", "C.UTF-8".into()),
            ("LC_ALL", "C.UTF-8".into()),
            ("TZ", "Europe/Berlin".into()),
        ]
    }

    fn add(&mut self, name: &str, command: &mut Command) -> Result<()> {
        let process = Process::start(name, command.stdin(Stdio::null()), &self.logs)?;
        self.processes.insert(0, process);
        Ok(())
    }

    /// Xvfb chooses a free number itself and says it once it is ready.
    fn start_display(&mut self) -> Result<()> {
        let mut command = self.command("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"]);
        let (process, number) = Process::start_and_read_line("xvfb", &mut command, &self.logs)?;
        self.processes.insert(0, process);
        self.display = format!(":{number}");
        Ok(())
    }

    async fn start_bus(&mut self) -> Result<()> {
        let mut command = self.command("dbus-daemon");
        command
            .arg("--nofork")
            .arg(format!("--config-file={}", self.folder.path().join("bus.conf").display()));
        self.add("dbus", &mut command)?;
        let socket = self.folder.path().join("run/bus");
        until("the session bus", SOON, async || Ok(socket.exists().then_some(()))).await
    }

    async fn start_keyring(&mut self) -> Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        let mut process = Process::start(KEYRING, &mut command, &self.logs)?;
        process.tell("the tour's keyring")?;
        self.processes.insert(0, process);
        self.answers("the keyring", "secret-tool", &["search", "service", "nothing"]).await
    }

    async fn answers(&mut self, what: &str, program: &str, arguments: &[&str]) -> Result<()> {
        until(what, SOON, async || {
            self.processes.iter_mut().try_for_each(Process::must_run)?;
            self.output(program, arguments).map(Some)
        })
        .await
        .map(drop)
    }
}
