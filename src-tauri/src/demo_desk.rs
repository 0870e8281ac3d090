//! The embedded help desk, started in this process and spoken to over HTTP like any other.

use std::path::PathBuf;
use std::sync::Mutex;

use async_trait::async_trait;
use muster_app::DemoDesk;

/// Keeps the running desk for as long as the program runs.
#[derive(Default)]
pub(crate) struct InProcess {
    running: Mutex<Option<muster_desk::Running>>,
}

#[async_trait]
impl DemoDesk for InProcess {
    async fn start(&self, folder: PathBuf, port: Option<u16>) -> Result<(String, String), String> {
        let mut running = muster_desk::serve(options(folder.clone(), port.unwrap_or(0))).await;
        if running.is_err() && port.is_some() {
            tracing::warn!("the port of the embedded help desk is taken");
            running = muster_desk::serve(options(folder, 0)).await;
        }
        let running = running.map_err(|err| err.to_string())?;
        let answer = (running.url().to_owned(), running.agent_key().to_owned());
        if let Ok(mut kept) = self.running.lock() {
            *kept = Some(running);
        }
        Ok(answer)
    }
}

fn options(folder: PathBuf, port: u16) -> muster_desk::Options {
    muster_desk::Options {
        listen: std::net::SocketAddr::from(([127, 0, 0, 1], port)),
        data: Some(folder),
        live: true,
        ..muster_desk::Options::default()
    }
}
