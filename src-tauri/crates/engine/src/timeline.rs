//! Temporary.
use std::sync::Mutex;
use std::time::Instant;
static LINES: Mutex<Vec<(Instant, String)>> = Mutex::new(Vec::new());
pub fn mark(what: impl Into<String>) { LINES.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((Instant::now(), what.into())); }
pub fn dump() -> Vec<(f64, String)> {
    let mut l = LINES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(f) = l.first().map(|x| x.0) else { return vec![] };
    l.drain(..).map(|(at, w)| (at.duration_since(f).as_secs_f64() * 1000.0, w)).collect()
}
