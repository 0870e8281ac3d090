//! How much memory a process and everything that it started take: what they share is counted once.

use crate::Result;
use std::collections::HashMap;
use std::fs::{read_dir, read_to_string};

/// Megabytes of a process tree.
pub fn of_tree(root: u32) -> Result<f64> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in read_dir("/proc")?.flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process may end while it is looked at.
        let Ok(stat) = read_to_string(format!("/proc/{id}/stat")) else { continue };
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(id);
        }
    }
    let (mut kilobytes, mut left) = (0, vec![root]);
    while let Some(id) = left.pop() {
        kilobytes += share(id).unwrap_or_default();
        left.extend(children.remove(&id).unwrap_or_default());
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure to be read")]
    Ok(kilobytes as f64 / 1024.0)
}

/// The proportional share of one process, in kilobytes.
fn share(id: u32) -> Option<u64> {
    let rollup = read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().split(' ').next()?.parse().ok()
}
