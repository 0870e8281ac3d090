//! What the cache costs at a hundred thousand or a million conversations, each measure beside plain SQLite, which answers
//! in turn in the same run.
//!
//! `cargo xtask bench cache [--conversations N]` makes figures of what is printed here, one JSON object a line. The data is
//! built once and kept in `target/bench-data`; other words name the measures to take. No time is ever asserted.
#![expect(clippy::print_stdout, reason = "what a bench prints is its product")]
#![expect(clippy::print_stderr, reason = "building data takes minutes, and somebody waits")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot do its work has nothing to say")]
#![expect(clippy::cast_precision_loss, reason = "figures")]

mod data;
mod measures;
mod ours;
mod plain;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use data::World;
use ours::Ours;
use plain::Plain;
use serde_json::json;

const KEY: [u8; 32] = [7; 32];
/// Conversations per page of an ingest.
const PAGE: usize = 1000;
/// Raise it when the data or a schema changes.
const DATA_VERSION: u32 = 4;
/// What growth is measured from.
const SMALL: usize = 100_000;
/// A measure ends after so long, or so many samples.
const PATIENCE: Duration = Duration::from_secs(8);
const SAMPLES: (usize, usize) = (7, 41);

/// Both databases and what is in them.
struct Bench {
    n: usize,
    world: World,
    folder: PathBuf,
    ours: Ours,
    plain: Plain,
    wanted: Vec<String>,
}

fn main() {
    let mut args = std::env::args().skip(1).peekable();
    let (mut n, mut wanted) = (100_000, Vec::new());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--conversations" => n = args.next().and_then(|n| n.parse().ok()).unwrap_or(n),
            // Started by the measure of the same name: opens, lists, and is gone.
            "--start-ours" => return Ours::open(Path::new(&args.next().unwrap())).start(),
            "--start-facets" => return Ours::open(Path::new(&args.next().unwrap())).start_facets(),
            // For a profiler: pages into a new cache, and nothing else.
            "--ingest-ours" => {
                return ingest_ours(args.next().and_then(|n| n.parse().ok()).unwrap_or(20_000));
            }
            "--start-plain" => return start_plain(Path::new(&args.next().unwrap())),
            word if !word.starts_with("--") => wanted.push(word.to_owned()),
            _ => {}
        }
    }
    let mut bench = Bench::open(n, wanted);
    bench.run();
    if n > SMALL && bench.wants("growth") {
        bench.growth(&Bench::open(SMALL, Vec::new()));
    }
}

impl Bench {
    fn open(n: usize, wanted: Vec<String>) -> Self {
        let world = World::new(n);
        let folder = bench_data().join(format!("cache-{n}-v{DATA_VERSION}"));
        if !folder.join("whole").exists() {
            build(&world, n, &folder);
        }
        let (ours, plain) = (Ours::open(&folder), Plain::open(&folder.join("plain.db")));
        Self { n, world, folder, ours, plain, wanted }
    }

    fn wants(&self, name: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|word| name.contains(word.as_str()))
    }
}

/// `target/bench-data`, wherever this was built.
fn bench_data() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().find(|folder| folder.ends_with("target")).map(Path::to_owned);
    target.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR"))).join("bench-data")
}

/// Fills both, page by page in turn, and says what each took.
fn build(world: &World, n: usize, folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
    eprintln!("building {n} conversations in {}", folder.display());
    let ours = Ours::open(folder);
    let mut plain = Plain::open(&folder.join("plain.db"));
    let (mut took_ours, mut took_plain) = (Duration::ZERO, Duration::ZERO);
    for start in (0..n).step_by(PAGE) {
        let page: Vec<_> = (start..(start + PAGE).min(n)).map(|number| world.thread(number)).collect();
        let began = Instant::now();
        ours.ingest(&page);
        took_ours += began.elapsed();
        let began = Instant::now();
        plain.ingest(&page);
        took_plain += began.elapsed();
        if start % 50_000 == 0 {
            eprintln!("{start}: ours {took_ours:.1?}, plain {took_plain:.1?}");
        }
    }
    plain.conn.execute_batch("ANALYZE").unwrap();
    ours.finish();
    let per_second = |took: Duration| n as f64 / took.as_secs_f64();
    eprintln!("ingest of {n}: ours {:.0}/s, plain {:.0}/s", per_second(took_ours), per_second(took_plain));
    std::fs::write(
        folder.join("whole"),
        json!({ "ours": took_ours.as_secs_f64(), "plain": took_plain.as_secs_f64() }).to_string(),
    )
    .unwrap();
}

fn ingest_ours(n: usize) {
    let world = World::new(n);
    let folder = tempfile::tempdir().unwrap();
    let ours = Ours::open(folder.path());
    let pages: Vec<Vec<_>> = (0..n)
        .step_by(PAGE)
        .map(|start| (start..(start + PAGE).min(n)).map(|number| world.thread(number)).collect())
        .collect();
    let began = Instant::now();
    pages.iter().for_each(|page| ours.ingest(page));
    eprintln!("{n} in {:.3?}", began.elapsed());
}

fn start_plain(folder: &Path) {
    let plain = Plain::open(&folder.join("plain.db"));
    assert!(plain.list(&plain::question("c.status = 'active'"), 50, 0) > 0);
}

/// Both in turn, until there are enough samples or it took long enough. Milliseconds.
fn in_turn(mut ours: impl FnMut(), mut plain: impl FnMut()) -> (Vec<f64>, Vec<f64>) {
    // Once for the pages and the statements.
    ours();
    plain();
    let (mut samples, mut baseline) = (Vec::new(), Vec::new());
    let began = Instant::now();
    while samples.len() < SAMPLES.0 || (samples.len() < SAMPLES.1 && began.elapsed() < PATIENCE) {
        samples.push(millis(&mut ours));
        baseline.push(millis(&mut plain));
    }
    (samples, baseline)
}

fn millis(mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64() * 1000.0
}

fn report(name: &str, n: usize, unit: &str, samples: &[f64], baseline: &[f64]) {
    println!("{}", json!({ "name": name, "n": n, "unit": unit, "samples": samples, "baseline": baseline }));
}
