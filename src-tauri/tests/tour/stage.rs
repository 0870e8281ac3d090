//! Everything that the tour plays with, and how one step of it runs.

use crate::Result;
use crate::ctl::Ctl;
use crate::desk::Desk;
use crate::notifications::Notifications;
use crate::process::descendants;
use crate::report::{Facts, Report};
use crate::session::Session;
use crate::wait::{SOON, until};
use crate::webdriver::signal;
use crate::window::{Scheme, Window};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The longest that a picture waits for the screen to come to rest.
const REST: Duration = Duration::from_secs(3);

/// The stage. The window closes before the desk, both before the session.
pub struct Stage {
    window: Option<Window>,
    /// The help desk of the tour.
    pub desk: Desk,
    /// `musterctl` on the window's data folder.
    pub ctl: Ctl,
    /// What was notified so far.
    pub heard: Notifications,
    /// The private desktop.
    pub session: Session,
    /// What was seen so far.
    pub report: Report,
}

impl Stage {
    /// Raises the session and the help desk; no window yet.
    pub async fn raise(folder: &Path) -> Result<Self> {
        let report = Report::new(folder)?;
        let logs = folder.join("logs");
        let _ = std::fs::remove_dir_all(&logs);
        let session = Session::start(&logs).await?;
        let heard = Notifications::listen(&session)?;
        let desk = Desk::start(&session, "desk", &[]).await?;
        let ctl = Ctl::new(session.data());
        Ok(Self { window: None, desk, ctl, heard, session, report })
    }

    /// Plays one step: `work` says what it saw, then the screen is pictured. A step that fails ends the tour.
    pub async fn step(
        &mut self,
        name: &str,
        work: impl AsyncFnOnce(&mut Self, &mut Facts) -> Result<()>,
    ) -> Result<()> {
        let started = Instant::now();
        let mut facts = Facts::default();
        let outcome = work(self, &mut facts).await;
        let took = started.elapsed();
        let picture = if facts.is_pictured() { self.picture(name).await? } else { None };
        self.report.add(name, facts, &outcome, picture.as_deref(), took);
        outcome.map_err(|error| format!("{name}: {error}").into())
    }

    /// The open window.
    pub fn window(&self) -> Result<&Window> {
        self.window.as_ref().ok_or_else(|| "no window is open".into())
    }

    /// Opens the window.
    pub async fn open_window(&mut self, scheme: Scheme) -> Result<()> {
        self.window = Some(Window::open(&self.session, &self.session.data(), scheme).await?);
        Ok(())
    }

    /// Opens the window on another data folder.
    pub async fn open_window_on(&mut self, data: &Path) -> Result<()> {
        self.window = Some(Window::open(&self.session, data, Scheme::Light).await?);
        Ok(())
    }

    /// Closes the window as its owner would.
    pub async fn close_window(&mut self) -> Result<()> {
        match self.window.take() {
            Some(window) => window.close().await,
            None => Ok(()),
        }
    }

    /// Starts the program again while the open window hangs, and kills that one while it is being called.
    pub async fn replace_hanging_window(&mut self) -> Result<()> {
        let hanging = self.window.take().ok_or("no window is open")?;
        let process = hanging.process()?;
        signal(process, "STOP")?;
        let kill = async {
            until("a second process", SOON, async || {
                Ok((descendants(std::process::id(), "muster").len() > 1).then_some(()))
            })
            .await?;
            // It finds the first one at once; one that is slower finds nobody, and is the first.
            tokio::time::sleep(Duration::from_secs(2)).await;
            signal(process, "KILL")
        };
        let (opened, killed) = tokio::join!(self.open_window(Scheme::Light), kill);
        killed.and(opened)
    }

    /// `kill -9` of the window's process.
    pub fn kill_window(&mut self) -> Result<()> {
        self.window.take().ok_or("no window is open")?.kill()
    }

    /// Pictures the screen once the page is drawn and two looks at it are the same.
    async fn picture(&self, name: &str) -> Result<Option<PathBuf>> {
        let Some(window) = &self.window else { return Ok(None) };
        window.drawn().await?;
        let path = self.report.next_picture(name);
        let started = Instant::now();
        let mut before = Vec::new();
        loop {
            self.session.screenshot(&path)?;
            let now = std::fs::read(&path)?;
            if now == before || started.elapsed() > REST {
                return Ok(Some(path));
            }
            before = now;
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}
