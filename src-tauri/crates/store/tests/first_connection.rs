//! Alone in its binary: what happens when the very first connections of a process are opened by many threads at once.

use std::sync::Barrier;
use std::thread;

use muster_store::{DataKey, Journal};

#[test]
fn the_first_connections_of_a_process_may_be_opened_together() {
    const THREADS: usize = 8;
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let folder = tempfile::tempdir().unwrap();
                barrier.wait();
                Journal::open(folder.path(), &DataKey::from_bytes([7; 32])).unwrap();
            });
        }
    });
}
