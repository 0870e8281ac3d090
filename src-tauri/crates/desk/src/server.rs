//! A running desk: its data, its listener, its loops, and how it ends.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use jiff::SignedDuration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::api::{CALLS_PER_MINUTE, CLOCK_AHEAD, Desk, Pace, router};
use crate::clock::Clock;
use crate::connection::{Door, Scissors};
use crate::db::{Db, Key, import, keys, meta, set_life};
use crate::faults::{FaultSpec, Faults};
use crate::{DeskError, FernandSpec, live, world};

/// What a new desk is filled with.
#[derive(Clone, Debug)]
pub enum Source {
    /// A world made up from the seed.
    Seeded {
        /// How many conversations.
        conversations: usize,
    },
    /// A mail archive.
    Mbox(PathBuf),
}

/// How to run a desk.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: String,
    /// The data folder. `None`: a temporary one that goes with the desk.
    pub data: Option<PathBuf>,
    /// Of the world, its life and its faults.
    pub seed: u64,
    /// What a new data folder is filled with; one that holds a desk stays as it is.
    pub source: Source,
    /// Customers write in by themselves.
    pub live: bool,
    /// Faults.
    pub faults: FaultSpec,
    /// Calls per minute and key.
    pub calls_per_minute: u32,
    /// Calls within ten seconds and key; by default a third of a minute's, and at least fifty.
    pub calls_per_burst: Option<u32>,
    /// How Fernand's dialect behaves.
    pub fernand: FernandSpec,
    /// The time.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            data: None,
            seed: 1,
            source: Source::Seeded { conversations: 2_000 },
            live: false,
            faults: FaultSpec::default(),
            calls_per_minute: CALLS_PER_MINUTE,
            calls_per_burst: None,
            fernand: FernandSpec::default(),
            clock: Clock::system(),
        }
    }
}

/// The keys of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// May do everything.
    pub agent: String,
    /// May read and follow.
    pub viewer: String,
}

/// A desk that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it answers, without a slash at the end.
    pub url: String,
    /// Its keys.
    pub keys: Keys,
    /// The handle of the agent whose key it is.
    pub me: String,
    /// Mails of an archive that were left out while the desk was filled: a sentence each.
    pub left_out: Vec<String>,
    stop: CancellationToken,
    tasks: TaskTracker,
    // Dropped last: takes a temporary data folder away.
    _folder: Option<TempDir>,
}

impl Running {
    /// Finishes the calls that it works on, and ends.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts a desk.
///
/// # Errors
/// The address or the data cannot be used.
pub async fn serve(options: Options) -> Result<Running, DeskError> {
    let listen = |source| DeskError::Listen { address: options.listen.clone(), source };
    let listener = TcpListener::bind(&options.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let (folder, path) = folder(options.data.as_deref())?;
    let db = Db::open(&path.join("desk.db"))?;
    let filling = options.clone();
    let Prepared { instance, tenant, keys: known, left_out } = tokio::task::spawn_blocking({
        let db = db.clone();
        move || prepare(&db, &filling)
    })
    .await
    .map_err(|_| DeskError::Broken("the world could not be made"))??;
    let role = |role| known.iter().find(|key| key.role == role);
    let (Some(agent), Some(viewer)) = (role("agent"), role("viewer")) else {
        return Err(DeskError::Broken("the data folder holds no keys"));
    };
    let running = Running {
        url: format!("http://{address}"),
        keys: Keys { agent: agent.key.clone(), viewer: viewer.key.clone() },
        me: agent.agent.handle.clone(),
        left_out,
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
        _folder: folder,
    };
    let per_burst = options.calls_per_burst.unwrap_or((options.calls_per_minute / 3).max(50));
    let desk = Arc::new(Desk {
        db,
        clock: options.clock,
        prints: Arc::default(),
        faults: Faults::new(options.faults, options.seed),
        pace: Pace::new(options.calls_per_minute, per_burst),
        keys: RwLock::new(known.iter().map(|key| (key.key.clone(), key.clone())).collect()),
        tenant,
        instance,
        life: options.live.then_some(options.seed),
        stop: running.stop.clone(),
    });
    running.tasks.spawn(live::timers(desk.clone()));
    let calls = router(desk, options.fernand).into_make_service_with_connect_info::<Scissors>();
    let stopped = running.stop.clone().cancelled_owned();
    running.tasks.spawn(async move {
        if let Err(err) = axum::serve(Door(listener), calls).with_graceful_shutdown(stopped).await {
            tracing::error!(error = ?err, "the desk stopped listening");
        }
    });
    running.tasks.close();
    Ok(running)
}

fn folder(data: Option<&Path>) -> Result<(Option<TempDir>, PathBuf), DeskError> {
    match data {
        Some(path) => {
            std::fs::create_dir_all(path)
                .map_err(|source| DeskError::Folder { path: path.to_owned(), source })?;
            Ok((None, path.to_owned()))
        }
        None => {
            let folder = tempfile::Builder::new()
                .prefix("muster-desk-")
                .tempdir()
                .map_err(|source| DeskError::Folder { path: std::env::temp_dir(), source })?;
            let path = folder.path().to_owned();
            Ok((Some(folder), path))
        }
    }
}

/// What a desk knows of itself when it starts.
struct Prepared {
    instance: String,
    tenant: String,
    keys: Vec<Key>,
    left_out: Vec<String>,
}

/// Fills a new database; reads who may call.
fn prepare(db: &Db, options: &Options) -> Result<Prepared, DeskError> {
    db.write_now(|tx| {
        let mut left_out = Vec::new();
        if meta(tx, "instance")?.is_none() {
            let now = options.clock.now();
            let world = match &options.source {
                Source::Seeded { conversations } => world::seeded(options.seed, *conversations, now),
                Source::Mbox(path) => {
                    let (world, skipped) = world::from_mbox(path)?;
                    left_out = skipped;
                    world
                }
            };
            import(tx, &world)?;
            tx.execute("INSERT INTO meta (name, value) VALUES ('instance', ?1)", [random(4)?])?;
            // The first agent is whose key it is; the second one's is the viewer's, so that the two are told apart.
            for (role, agent) in [("agent", 1), ("viewer", 2)] {
                let key = format!("desk_{role}_{}", random(16)?);
                tx.execute(
                    "INSERT INTO api_keys (key, agent_id, role) VALUES (?1, MIN(?2, (SELECT MAX(id) FROM agents)), ?3)",
                    rusqlite::params![key, agent, role],
                )?;
            }
        }
        let ahead = meta(tx, CLOCK_AHEAD)?.and_then(|ahead| ahead.parse().ok());
        if let Some(ahead) = ahead.filter(|_| options.clock.is_running()) {
            options.clock.advance(SignedDuration::from_millis(ahead));
        }
        set_life(tx, options.live.then_some(options.seed), options.clock.now())?;
        let instance = meta(tx, "instance")?.unwrap_or_default();
        let tenant = meta(tx, "tenant")?.unwrap_or_default();
        Ok(Prepared { instance, tenant, keys: keys(tx)?, left_out })
    })
}

/// So many random bytes, in hexadecimal.
pub(crate) fn random(bytes: usize) -> Result<String, DeskError> {
    let mut raw = vec![0; bytes];
    getrandom::fill(&mut raw).map_err(DeskError::Random)?;
    Ok(raw.iter().map(|byte| format!("{byte:02x}")).collect())
}
