//! What a terminal asks of the journal: how replies leave when nobody says otherwise, and what was refused once more.

use serde_json::{Value, json};

use super::ctl::{Ctl, Desk};

#[test]
fn settings_are_kept_and_a_wrong_one_is_refused() {
    let ctl = Ctl::new();
    let desk = Desk::start(&ctl, 30);
    ctl.add(&desk, "live");
    let sending = || rules(&ctl.must(&["settings", "live"]));
    assert_eq!(sending(), [10, 30, 0, 10]);
    let changed = [5, 120, 0, 60];
    let change = ["settings", "live", "--hold-one", "5s", "--hold-many", "2m", "--overdue", "1h"];
    assert_eq!(rules(&ctl.must(&change)), changed);
    assert_eq!(sending(), changed, "the next process finds them");
    let refused = ctl.refused(&["settings", "live", "--overdue", "90s"]);
    assert!(refused.contains("--overdue takes whole minutes"), "{refused}");
    let (code, _) = ctl.ends(&["settings", "live", "--hold-one", "9h"]);
    assert!(code == 1 || code == 2, "too long a hold ended with {code}");
    assert_eq!(sending(), changed, "what is refused changes nothing");
    assert!(ctl.refused(&["settings", "nobody"]).contains("nobody"));
}

#[test]
fn a_retry_takes_what_was_refused_and_nothing_else() {
    let ctl = Ctl::new();
    let desk = Desk::start(&ctl, 60);
    ctl.add(&desk, "live");
    ctl.must(&["sync", "live"]);
    let listed = ctl.must(&["ls", "live", "is:active", "--limit", "6"]);
    let ids: Vec<&str> =
        listed["conversations"].as_array().unwrap().iter().filter_map(|row| row["id"].as_str()).collect();
    assert_eq!(ids.len(), 6);
    std::fs::write(ctl.path("ids"), ids.join("\n")).unwrap();
    desk.simulate("busy", &json!({ "ids": ids[..2], "times": 1 }));

    let (code, bulk) = ctl.ends(&["bulk", "live", "--ids", "ids", "--status", "done", "--yes"]);
    assert_eq!((code, counts(&bulk)), (3, [4, 2]), "{bulk}");
    let job = bulk["job"].as_str().unwrap();
    let retry = ctl.must(&["job", "live", job, "retry"]);
    assert_eq!(counts(&retry), [2, 0], "{retry}");
    let shown = ctl.must(&["job", "live", retry["job"].as_str().unwrap(), "show"]);
    let again: Vec<&str> =
        shown["items"].as_array().unwrap().iter().filter_map(|item| item["id"].as_str()).collect();
    assert_eq!(again, ids[..2]);
    for id in &ids {
        assert_eq!(ctl.must(&["show", "live", id])["status"], "done", "{id}");
    }
    let refused = ctl.refused(&["job", "live", job, "retry"]);
    assert!(!refused.is_empty());
}

/// What of the settings is about replies: seconds of one, of many, in a chat, and minutes.
fn rules(said: &Value) -> [u64; 4] {
    ["hold_one", "hold_many", "hold_chat", "overdue_minutes"].map(|rule| said[rule].as_u64().unwrap())
}

/// Applied and rejected.
fn counts(said: &Value) -> [u64; 2] {
    ["applied", "rejected"].map(|state| said["counts"][state].as_u64().unwrap_or_default())
}
