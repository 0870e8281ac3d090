//! What stays on this computer, and whether it is what the help desk has.

use serde_json::json;

use super::ctl::{Ctl, Desk};
use super::{lines, write};

#[test]
fn a_full_sync_says_what_it_found() {
    let ctl = Ctl::new();
    let desk = Desk::start(&ctl, 60);
    ctl.add(&desk, "live");
    ctl.must(&["sync", "live"]);
    let said = ctl.must(&["sync", "live", "--full"]);
    let expected = json!({ "cached": 60, "total": 60, "complete": true, "changed": 0, "verified": true });
    assert_eq!(said, expected);
    let output = ctl.command(&["sync", "live", "--full"]).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().trim(),
        "60 conversations on this computer. All of them were as the help desk has them. The help desk counts as many."
    );
}

#[test]
fn limits_are_kept_to_and_said() {
    let ctl = Ctl::new();
    let desk = Desk::start(&ctl, 60);
    ctl.add(&desk, "live");
    ctl.must(&["sync", "live"]);
    let old = &ctl.must(&["ls", "live", "older:31d -is:active -follows:me"])["conversations"][0]["id"];
    let id = old.as_str().unwrap().to_owned();
    let set = ctl.must(&["settings", "live", "--keep-days", "30", "--keep-mb", "all"]);
    assert_eq!((&set["keep_days"], &set["keep_mb"], &set["removed"]), (&json!(30), &json!(null), &json!(0)));
    assert!(set["mb"].as_f64().unwrap() > 0.0);
    assert!(!ctl.must(&["show", "live", &id])["messages"].as_array().unwrap().is_empty());
    ctl.must(&["sync", "live"]);
    assert_eq!(ctl.must(&["count", "live", ""]), json!({ "count": 60, "complete": true }));
    assert_eq!(ctl.must(&["settings", "live", "--keep-days", "all"])["keep_days"], json!(null));
    let refused = ctl.refused(&["settings", "live", "--keep-days", "7"]);
    assert!(refused.contains("Messages are kept for 30 to 36500 days"), "{refused}");
    let refused = ctl.refused(&["settings", "live", "--keep-mb", "1"]);
    assert!(refused.contains("The limit is 50 MB at least"), "{refused}");
    let wrong = ctl.command(&["settings", "live", "--keep-mb", "much"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("Write a whole number, or all."));

    write(&ctl.path("a.jsonl"), &lines(5));
    ctl.must(&["import", "old", "a.jsonl"]);
    let refused = ctl.refused(&["settings", "old", "--keep-days", "90"]);
    assert!(refused.contains("what is removed could not be fetched again"), "{refused}");
}
