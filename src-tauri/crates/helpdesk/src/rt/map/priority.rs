//! Priorities: numbers from 0 to 100 at Request Tracker, five words here.

use muster_model::Priority;

/// The word of a number. RT's own names stand at 0 (Low), 50 (Medium) and 100 (High).
pub(in crate::rt) fn priority(number: &str) -> Priority {
    match number.parse::<i64>().unwrap_or_default() {
        ..=0 => Priority::None,
        1..=33 => Priority::Low,
        34..=66 => Priority::Medium,
        67..=99 => Priority::High,
        _ => Priority::Urgent,
    }
}

/// The number of a word; none for one of a newer version.
pub(in crate::rt) fn priority_number(priority: &Priority) -> Option<u32> {
    Some(match priority {
        Priority::None => 0,
        Priority::Low => 25,
        Priority::Medium => 50,
        Priority::High => 75,
        Priority::Urgent => 100,
        Priority::Other(_) => return None,
    })
}
