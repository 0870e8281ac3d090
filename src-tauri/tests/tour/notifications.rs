//! What passes over the session bus to the notification daemon, overheard by a monitor: the proof that a notification
//! was really shown, and how many.

use crate::Result;
use crate::session::Session;
use crate::wait::{LATER, until};
use std::sync::{Arc, Mutex, PoisonError};
use zbus::blocking::{MessageIterator, connection, fdo::MonitoringProxy};

/// One call to show a notification.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Its first line.
    pub summary: String,
    /// The text below.
    pub body: String,
}

/// The part of the `Notify` call that matters here; icon, hints and expiry follow.
type Notify = (
    String,
    u32,
    String,
    String,
    String,
    Vec<String>,
    std::collections::HashMap<String, zbus::zvariant::OwnedValue>,
    i32,
);

/// Everything heard so far.
pub struct Notifications {
    heard: Arc<Mutex<Vec<Notification>>>,
}

impl Notifications {
    /// Begins to listen.
    pub fn listen(session: &Session) -> Result<Self> {
        let connection = connection::Builder::address(session.bus())?.build()?;
        let rule = zbus::MatchRule::builder()
            .msg_type(zbus::message::Type::MethodCall)
            .interface("org.freedesktop.Notifications")?
            .member("Notify")?
            .build();
        MonitoringProxy::new(&connection)?.become_monitor(&[rule], 0)?;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        // Ends with the bus.
        std::thread::spawn(move || {
            for message in MessageIterator::from(connection).flatten() {
                if message.header().member().is_none_or(|member| member != "Notify") {
                    continue;
                }
                if let Ok((_, _, _, summary, body, ..)) = message.body().deserialize::<Notify>() {
                    let notification = Notification { summary, body };
                    ears.lock().unwrap_or_else(PoisonError::into_inner).push(notification);
                }
            }
        });
        Ok(Self { heard })
    }

    /// Everything heard so far.
    pub fn all(&self) -> Vec<Notification> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a notification that mentions `words`.
    pub async fn wait_for(&self, words: &str) -> Result<Notification> {
        until(&format!("a notification that mentions \"{words}\""), LATER, async || {
            Ok(self.all().into_iter().find(|seen| seen.summary.contains(words) || seen.body.contains(words)))
        })
        .await
    }
}

/// Clicks the notification that is on the screen.
pub fn click(session: &Session) -> Result<()> {
    session.output("dunstctl", &["action", "0"]).map(drop)
}

/// Takes every notification off the screen.
pub fn close_all(session: &Session) -> Result<()> {
    session.output("dunstctl", &["close-all"]).map(drop)
}
