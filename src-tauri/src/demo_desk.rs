//! The embedded help desk, started in this process and spoken to over HTTP like any other.

use std::path::PathBuf;
use std::sync::Mutex;

use async_trait::async_trait;
use muster_app::DemoDesk;
use muster_desk::{Options, Running, Source, serve};

/// Keeps the running desk for as long as the program runs.
#[derive(Default)]
pub(crate) struct InProcess {
    running: Mutex<Option<Running>>,
}

#[async_trait]
impl DemoDesk for InProcess {
    async fn start(&self, folder: PathBuf, port: Option<u16>) -> Result<(String, String), String> {
        let mut running = serve(options(folder.clone(), port.unwrap_or(0))).await;
        if running.is_err() && port.is_some() {
            tracing::warn!("the port of the embedded help desk is taken");
            running = serve(options(folder, 0)).await;
        }
        let running = running.map_err(|err| err.to_string())?;
        let answer = (running.url.clone(), running.keys.agent.clone());
        if let Ok(mut kept) = self.running.lock() {
            *kept = Some(running);
        }
        Ok(answer)
    }
}

fn options(folder: PathBuf, port: u16) -> Options {
    Options {
        listen: format!("127.0.0.1:{port}"),
        data: Some(folder),
        seed: 1,
        source: Source::Seeded { conversations: 2_000 },
        live: true,
        ..Options::default()
    }
}
