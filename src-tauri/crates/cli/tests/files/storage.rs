//! What stays on this computer, and whether it is what the help desk has.

use std::path::PathBuf;

use serde_json::json;

use super::ctl::{Ctl, Desk};
use super::liar::Liar;
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

/// The one copy in the data folder.
fn copy(ctl: &Ctl) -> PathBuf {
    let folders = std::fs::read_dir(ctl.data()).unwrap().map(|entry| entry.unwrap().path());
    let mut copies = folders.map(|folder| folder.join("cache.db")).filter(|file| file.exists());
    copies.next().unwrap()
}

#[test]
fn a_damaged_copy_is_said_and_fetched_again() {
    let ctl = Ctl::new();
    let desk = Desk::start(&ctl, 60);
    ctl.add(&desk, "live");
    ctl.must(&["sync", "live"]);
    std::fs::write(copy(&ctl), [7; 20_000]).unwrap();
    let counted = ctl.command(&["count", "live", ""]).output().unwrap();
    let said = String::from_utf8(counted.stderr).unwrap();
    assert!(
        said.contains("was damaged and is empty now; musterctl sync live fetches everything again."),
        "{said}"
    );
    assert_eq!(ctl.must(&["count", "live", ""]), json!({ "count": 0, "complete": false }));
    // What a sync comes upon itself it mends itself: a page in the middle.
    ctl.must(&["sync", "live"]);
    let mut bytes = std::fs::read(copy(&ctl)).unwrap();
    bytes[8192..].fill(0);
    std::fs::write(copy(&ctl), bytes).unwrap();
    let said = ctl.must(&["sync", "live", "--full"]);
    assert_eq!((&said["cached"], &said["verified"]), (&json!(60), &json!(true)));
    assert_eq!(ctl.must(&["count", "live", ""]), json!({ "count": 60, "complete": true }));
}

#[test]
fn a_damaged_import_stays_until_it_is_imported_again() {
    let ctl = Ctl::new();
    write(&ctl.path("a.jsonl"), &lines(40));
    ctl.must(&["import", "old", "a.jsonl"]);
    let broken = vec![7; 20_000];
    std::fs::write(copy(&ctl), &broken).unwrap();
    for command in [&["ls", "old", ""][..], &["count", "old", ""], &["show", "old", "c1"]] {
        let refused = ctl.refused(command);
        assert!(refused.contains("Import the file again: musterctl import NAME FILE.jsonl"), "{refused}");
    }
    assert_eq!(std::fs::read(copy(&ctl)).unwrap(), broken, "it is left as it is");
    ctl.must(&["import", "old", "a.jsonl"]);
    assert_eq!(ctl.must(&["count", "old", ""]), json!({ "count": 40, "complete": true }));
}

#[test]
fn a_help_desk_that_counts_otherwise_ends_a_full_sync_with_1() {
    let ctl = Ctl::new();
    let desk = Desk::start(&ctl, 60);
    let liar = Liar::start(&desk.url, 63);
    ctl.add_at(&desk, "live", &liar.url);
    ctl.must(&["sync", "live"]);
    let (code, said) = ctl.ends(&["sync", "live", "--full"]);
    assert_eq!(code, 1);
    let expected = json!({ "cached": 60, "total": 63, "complete": true, "changed": 0, "verified": false });
    assert_eq!(said, expected);
    let output = ctl.command(&["sync", "live", "--full"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("The help desk counts 63, even after everything was read twice"), "{said}");
    // Where it tells the truth again, so does the command.
    liar.says(60);
    assert_eq!(ctl.ends(&["sync", "live", "--full"]).0, 0);
}
