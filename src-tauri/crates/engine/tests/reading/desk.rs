//! A desk and an account on it, for these tests.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use muster_desk::{Options, Running, Source, serve};
use muster_engine::{Account, Connection, EngineEvent, EnvKeys, KeySource, OpenError, SystemClock};
use muster_helpdesk::ApiKey;
use muster_model::{AccountId, Conversation, RemoteId};
use muster_store::{AccountRow, SyncState};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::broadcast::Receiver;
use uuid::Uuid;

/// Longer than anything here takes on a slow machine: only a test that fails waits this long.
const PATIENCE: Duration = Duration::from_secs(150);

/// A desk that can go away and come back at the same address with the same data.
pub struct Desk {
    running: Option<Running>,
    options: Options,
    pub url: String,
    pub key: String,
    pub viewer: String,
    pub me: String,
    client: reqwest::Client,
    _folder: TempDir,
}

impl Desk {
    pub async fn start(conversations: usize, faults: &str) -> Self {
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options {
            data: Some(folder.path().to_owned()),
            source: Source::Seeded { conversations },
            faults: faults.parse().unwrap(),
            ..Options::default()
        };
        let running = serve(options.clone()).await.unwrap();
        options.listen = running.url.trim_start_matches("http://").to_owned();
        Self {
            url: running.url.clone(),
            key: running.keys.agent.clone(),
            viewer: running.keys.viewer.clone(),
            me: running.me.clone(),
            running: Some(running),
            options,
            client: reqwest::Client::new(),
            _folder: folder,
        }
    }

    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    pub async fn come_back(&mut self) {
        self.running = Some(serve(self.options.clone()).await.unwrap());
    }

    /// Goes away and comes back with these faults.
    pub async fn fail_with(&mut self, faults: &str) {
        self.stop().await;
        self.options.faults = faults.parse().unwrap();
        self.come_back().await;
    }

    /// Reads, again and again if the desk fails on demand.
    pub async fn get(&self, path: &str) -> Value {
        loop {
            let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.key);
            if let Ok(answer) = request.send().await.and_then(reqwest::Response::error_for_status)
                && let Ok(json) = answer.json().await
            {
                return json;
            }
        }
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.key).json(&body);
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// A customer writes in.
    pub async fn customer_writes(&self, id: &RemoteId, text: &str) {
        let body = json!({ "conversation": id.as_str(), "text": text });
        self.post("/api/_simulate/customer_message", body).await;
    }

    /// Conversations, as the desk itself says.
    pub async fn count(&self) -> u64 {
        let url = format!("{}/api/conversations?count_only=true", self.url);
        let answer: Value =
            self.client.get(url).bearer_auth(&self.key).send().await.unwrap().json().await.unwrap();
        answer["count"].as_u64().unwrap()
    }
}

/// The data folder of one account; opened any number of times, as by several processes.
pub struct Place {
    row: AccountRow,
    folder: TempDir,
}

impl Place {
    pub fn new(url: &str) -> Self {
        let row = AccountRow {
            id: AccountId(Uuid::now_v7()),
            name: "Desk".into(),
            kind: "muster".into(),
            url: url.to_owned(),
            user: None,
            created: muster_engine::Clock::now(&SystemClock),
        };
        Self { row, folder: tempfile::tempdir().unwrap() }
    }

    /// A copy of everything, as it lies on the disk.
    pub fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("account");
        std::fs::create_dir(&to).unwrap();
        for entry in std::fs::read_dir(self.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
        Self { row: self.row.clone(), folder }
    }

    /// Changes the bytes of one of its files.
    pub fn damage(&self, file: &str, damage: impl FnOnce(&mut Vec<u8>)) {
        let path = self.path().join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        damage(&mut bytes);
        std::fs::write(path, bytes).unwrap();
    }

    /// The same data, and another address.
    pub fn moved_to(mut self, url: &str) -> Self {
        self.row.url = url.to_owned();
        self
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("account")
    }

    /// Opens it as one process would.
    pub async fn open(&self, key: &str) -> Account {
        self.try_open(key).await.unwrap()
    }

    pub async fn try_open(&self, key: &str) -> Result<Account, OpenError> {
        let keys = EnvKeys::new(ApiKey::new(key.to_owned()), Some("data".into()));
        let keys: Arc<dyn KeySource> = Arc::new(keys);
        Account::open(self.row.clone(), self.path(), keys, Arc::new(SystemClock)).await
    }
}

pub fn sync_state(account: &Account) -> SyncState {
    account.stores().cache.sync_state().unwrap()
}

pub fn cached(account: &Account, id: &RemoteId) -> Option<Conversation> {
    account.stores().cache.conversation(id).unwrap()
}

/// The ids of what matches, in the list's order.
pub async fn listed(account: &Account, filter: &str) -> Vec<RemoteId> {
    let resolved = muster_model::Query::parse(filter).unwrap().resolve(&account.moment());
    let overlay = account.overlay().await.unwrap();
    account.stores().cache.matching_ids(&resolved, &overlay).unwrap()
}

/// Waits until it is so.
pub async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let wait = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "never: {what}");
}

pub async fn until_online(account: &Account) {
    until("online and synced", || {
        account.link().state() == Connection::Online && !sync_state(account).backfilling
    })
    .await;
}

/// The next event that is wanted.
pub async fn next<T>(
    events: &mut Receiver<EngineEvent>,
    mut want: impl FnMut(EngineEvent) -> Option<T>,
) -> T {
    let wait = async {
        loop {
            if let Some(found) = events.recv().await.ok().and_then(&mut want) {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the event never came")
}
