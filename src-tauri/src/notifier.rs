//! Native notifications: shown for what the engine says, opening the thread when clicked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use muster_app::{App, Notification};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::broadcast::error::RecvError;

/// How many shown notifications can still be clicked.
const REMEMBERED: usize = 200;

/// What each shown notification opens, by the id that we gave it.
#[derive(Default)]
struct Shown {
    by_id: HashMap<i32, Notification>,
    order: VecDeque<i32>,
    last: i32,
}

impl Shown {
    fn remember(&mut self, notification: Notification) -> i32 {
        self.last = self.last.wrapping_add(1).max(1);
        self.by_id.insert(self.last, notification);
        self.order.push_back(self.last);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
        self.last
    }
}

/// Shows what the app says from now on.
pub(crate) fn listen(shell: &AppHandle, app: &App) -> tauri::Result<()> {
    let shown = Arc::new(Mutex::new(Shown::default()));
    let (clicked, window, opener) = (Arc::clone(&shown), shell.clone(), app.clone());
    // Registered before anything is shown: without a handler the plugin shows no default action.
    let registered = shell.notification().on_action(move |action| {
        let target = action.notification().and_then(|shown| lock(&clicked).by_id.get(&shown.id()).cloned());
        bring_up(&window);
        if let Some(target) = target {
            opener.navigate(target.account, &target.notice.id);
        }
    });
    if let Err(err) = registered {
        tracing::warn!("clicks on notifications will not be heard: {err}");
    }
    let (shell, mut notices) = (shell.clone(), app.notices());
    tauri::async_runtime::spawn(async move {
        loop {
            match notices.recv().await {
                Ok(notification) => show(&shell, &shown, notification),
                Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "too many notifications at once"),
                Err(RecvError::Closed) => return,
            }
        }
    });
    Ok(())
}

fn show(shell: &AppHandle, shown: &Mutex<Shown>, notification: Notification) {
    let (title, body) = (notification.notice.contact.clone(), text(&notification));
    let id = lock(shown).remember(notification);
    if let Err(err) = shell.notification().builder().id(id).title(title).body(body).show() {
        // The message is in the list all the same.
        tracing::warn!("a notification was not shown: {err}");
    }
}

/// Subject, then preview; an empty one is left out.
fn text(notification: &Notification) -> String {
    let notice = &notification.notice;
    [notice.subject.as_str(), notice.preview.as_str()]
        .into_iter()
        .filter(|line| !line.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Brings the window up, wherever it is.
pub(crate) fn bring_up(shell: &AppHandle) {
    let Some(window) = shell.get_webview_window("main") else { return };
    for result in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(err) = result {
            tracing::warn!("the window cannot be brought up: {err}");
        }
    }
}

fn lock(shown: &Mutex<Shown>) -> std::sync::MutexGuard<'_, Shown> {
    // A panic while holding it can only have left one entry too many.
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}
