//! `musterctl import`, `export` and `query`, through the program itself: what goes in comes out, what is wrong is named
//! with its line, and what was imported cannot be written to; and what of the journal only a terminal asks. About ten
//! seconds in all.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod ctl;
mod journal;
mod liar;
mod storage;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use ctl::{Ctl, Desk, Queries};

/// Conversations of every kind, with what breaks formats: other scripts, quotes, commas, empty and missing texts.
fn lines(count: usize) -> Vec<Value> {
    let statuses = ["active", "snoozed", "done", "archived", "spam"];
    let channels = ["email", "chat", "sms", "whatsapp", "voice", "fax"];
    let priorities = ["none", "low", "high", "urgent"];
    let tags = ["vip", "needs review", "返品", "a,b", "\"quoted\"", "refund"];
    (0..count)
        .map(|n| {
            let day = n % 28 + 1;
            let at = |hour: usize| format!("2026-01-{day:02}T{hour:02}:00:00Z");
            let messages = json!([
                { "id": format!("{n}-1"), "at": at(8), "kind": "message", "from": "customer", "author": "Ana Ñandú",
                  "text": format!("Payment {n} failed – שלום\nsecond line"), "html": null },
                { "id": format!("{n}-2"), "at": at(9), "kind": "note", "from": "agent", "author": "Mira",
                  "text": "Looked into it", "html": null },
                { "id": format!("{n}-3"), "at": at(10), "kind": "event", "from": "system", "author": "System",
                  "text": "assigned", "html": null },
                { "id": format!("{n}-4"), "at": at(11), "kind": "message", "from": "agent", "author": "Mira",
                  "text": "Done", "html": "<p>Done</p>" },
            ]);
            let mut line = json!({
                "id": format!("c{n}"),
                "subject": if n % 7 == 0 { String::new() } else { format!("Invoice {n} \"again\"") },
                "contact": { "name": "Ana Ñandú", "email": format!("ana{}@mail.example", n % 50),
                             "phone": if n % 2 == 0 { Some("+34 600 000 000") } else { None } },
                "channel": channels[n % channels.len()],
                "status": statuses[n % statuses.len()],
                "snoozed_until": if n % 5 == 1 { Some("2026-06-01T09:00:00Z") } else { None },
                "priority": priorities[n % priorities.len()],
                "assignee": { "agent": if n % 3 == 0 { Some("mira@x.example") } else { None },
                              "team": if n % 4 == 0 { Some("billing") } else { None } },
                "tags": if n % 6 == 5 { vec![] } else { vec![tags[n % tags.len()], "all"] },
                "followers": if n % 9 == 0 { vec!["jo@x.example"] } else { vec![] },
                "created": at(8), "updated": at(11),
                "messages": messages,
            });
            if n % 10 == 3 {
                line.as_object_mut().unwrap().remove("messages");
            }
            line
        })
        .collect()
}

fn write(path: &Path, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(path, text).unwrap();
}

/// The lines of a file as a set: two files with the same conversations in another order are the same.
fn read(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap().to_string()).collect()
}

#[test]
fn what_is_imported_is_exported_again() {
    let ctl = Ctl::new();
    let (first, second, part) = (ctl.path("in.jsonl"), ctl.path("out.jsonl"), ctl.path("part.jsonl"));
    write(&first, &lines(400));
    let said = ctl.must(&["import", "old", "in.jsonl"]);
    assert_eq!(said, json!({ "account": "old", "conversations": 400, "repeated": 0 }));

    let said = ctl.must(&["export", "old", "", "out.jsonl"]);
    assert_eq!((&said["conversations"], &said["without_messages"]), (&json!(400), &json!(40)));
    assert_eq!(read(&second), read(&first));

    // The file that came out goes in and comes out byte for byte.
    ctl.must(&["import", "again", "out.jsonl"]);
    ctl.must(&["export", "again", "", "out2.jsonl"]);
    assert_eq!(std::fs::read(ctl.path("out2.jsonl")).unwrap(), std::fs::read(&second).unwrap());

    let said = ctl.must(&["export", "old", "is:active tag:all -channel:sms", "part.jsonl"]);
    let expected = lines(400)
        .iter()
        .filter(|line| {
            let is_tagged = line["tags"].as_array().unwrap().contains(&json!("all"));
            line["status"] == "active" && line["channel"] != "sms" && is_tagged
        })
        .count();
    assert_eq!(said["conversations"], json!(expected));
    assert_eq!(read(&part).len(), expected);
    assert_eq!(
        ctl.must(&["count", "old", "untagged"])["count"],
        json!(lines(400).iter().filter(|line| line["tags"] == json!([])).count())
    );
    let shown = ctl.must(&["show", "old", "c0"]);
    assert_eq!(shown, lines(1)[0]);
    assert!(ctl.must(&["show", "old", "c3"]).get("messages").is_none());

    let refused = ctl.refused(&["export", "old", "", "out.jsonl"]);
    assert!(refused.contains("exists already"), "{refused}");
    let refused = ctl.refused(&["export", "old", "older:30x", "other.jsonl"]);
    assert!(refused.contains("30x"), "{refused}");
    assert!(!ctl.path("other.jsonl").exists());
}

#[test]
fn importing_again_replaces_what_was_there() {
    let ctl = Ctl::new();
    let mut wanted = lines(30);
    write(&ctl.path("a.jsonl"), &wanted);
    ctl.must(&["import", "old", "a.jsonl"]);
    wanted.truncate(12);
    wanted[3]["subject"] = json!("Another subject");
    wanted[4]["messages"] = json!([]);
    wanted.push(wanted[5].clone());
    wanted[13 - 1]["subject"] = json!("The last one counts");
    write(&ctl.path("b.jsonl"), &wanted);
    let said = ctl.must(&["import", "OLD", "b.jsonl"]);
    assert_eq!(said, json!({ "account": "old", "conversations": 12, "repeated": 1 }));
    ctl.must(&["export", "old", "", "c.jsonl"]);
    wanted.remove(5);
    write(&ctl.path("expected.jsonl"), &wanted);
    assert_eq!(read(&ctl.path("c.jsonl")), read(&ctl.path("expected.jsonl")));
    assert_eq!(ctl.must(&["count", "old", "\"the last one counts\""])["count"], json!(1));
    assert_eq!(ctl.must(&["count", "old", "\"payment 4 failed\""])["count"], json!(0));
}

#[test]
fn a_wrong_line_is_named_and_nothing_is_left_behind() {
    let ctl = Ctl::new();
    let path = ctl.path("a.jsonl");
    let mut text: String = lines(20).iter().map(|line| format!("{line}\n\n")).collect();
    text.push_str("{\"id\":\"x\",\"status\":\n");
    std::fs::write(&path, &text).unwrap();
    let refused = ctl.refused(&["import", "old", "a.jsonl"]);
    assert!(refused.contains("a.jsonl, line 41, column 19: EOF while parsing a value."), "{refused}");
    assert!(
        refused.contains("Correct the line or take it out, then import again. Nothing was imported."),
        "{refused}"
    );
    assert_eq!(ctl.must(&["account", "ls"]), json!({ "accounts": [] }));
    let left = std::fs::read_dir(ctl.data()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(left.count(), 0);

    write(&path, &lines(20));
    ctl.must(&["import", "old", "a.jsonl"]);
    std::fs::write(&path, "not json\n").unwrap();
    let refused = ctl.refused(&["import", "old", "a.jsonl"]);
    assert!(refused.contains("line 1, column 2") && refused.contains("still there"), "{refused}");
    assert_eq!(ctl.must(&["count", "old", ""])["count"], json!(20));

    for (file, expected) in [("missing.jsonl", "cannot be read"), (".", "is a folder")] {
        let refused = ctl.refused(&["import", "new", file]);
        assert!(refused.contains(expected), "{refused}");
    }
}

#[test]
fn a_file_cannot_be_written_to() {
    let ctl = Ctl::new();
    write(&ctl.path("a.jsonl"), &lines(5));
    ctl.must(&["import", "old", "a.jsonl"]);
    let file = ctl.path("reply.txt");
    std::fs::write(&file, "Hello").unwrap();
    let writes: [&[&str]; 5] = [
        &["bulk", "old", "", "--status", "done", "--yes"],
        &["bulk", "old", "", "--status", "done", "--dry-run"],
        &["bulk", "old", "", "--reply-file", "reply.txt", "--yes"],
        &["run", "old"],
        &["sync", "old"],
    ];
    for write in writes {
        let refused = ctl.refused(write);
        assert!(refused.contains("is a file that was imported"), "{write:?}: {refused}");
    }
    let checked = ctl.must(&["account", "check", "old"]);
    assert_eq!(checked["account"], "old");
    ctl.must(&["account", "rm", "old"]);
    assert_eq!(ctl.must(&["account", "ls"]), json!({ "accounts": [] }));
}

#[test]
fn queries_are_answered_line_by_line() {
    let ctl = Ctl::new();
    write(&ctl.path("a.jsonl"), &lines(120));
    ctl.must(&["import", "old", "a.jsonl"]);
    let mut queries = Queries::start(&ctl, "old");
    let active = lines(120).iter().filter(|line| line["status"] == "active").count() as u64;
    assert_eq!(queries.ask("count is:active"), Ok(active));
    assert_eq!(queries.ask("list"), Ok(50));
    assert_eq!(queries.ask("list is:active sort:created"), Ok(active));
    assert_eq!(queries.ask("count assignee:me"), Ok(0));
    assert!(queries.ask("views").is_ok_and(|views| views > 8));
    let error = queries.ask("count older:30x").unwrap_err();
    assert!(error.starts_with("error: \"30x\" is not an age."), "{error}");
    assert!(queries.ask(&"(".repeat(1_000)).unwrap_err().starts_with("error: "));
    assert!(queries.ask(&format!("count {}", "x ".repeat(6_000))).unwrap_err().contains("10000 characters"));
    assert!(queries.ask("").unwrap_err().contains("is no query"));
    assert_eq!(queries.ask("count"), Ok(120));
    queries.end();
}

#[test]
fn a_help_desk_is_carried_over_into_a_file() {
    let ctl = Ctl::new();
    let desk = Desk::start(&ctl, 60);
    ctl.add(&desk, "live");
    ctl.must(&["sync", "live"]);
    ctl.must(&["export", "live", "", "all.jsonl"]);
    ctl.must(&["import", "copy", "all.jsonl"]);
    ctl.must(&["export", "copy", "", "copy.jsonl"]);
    assert_eq!(read(&ctl.path("copy.jsonl")), read(&ctl.path("all.jsonl")));
    let refused = ctl.refused(&["import", "live", "all.jsonl"]);
    assert!(refused.contains("is signed in to http://127.0.0.1"), "{refused}");
    for filter in ["is:active", "tag:refund", "unassigned", "sort:created", "channel:email -is:done"] {
        let (live, copy) = (ctl.must(&["ls", "live", filter]), ctl.must(&["ls", "copy", filter]));
        assert_eq!(live, copy, "{filter}");
    }
}
