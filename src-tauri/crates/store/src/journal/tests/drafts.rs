//! What is being written: versions, bases, and how a draft ends and comes back.

use muster_model::FileRef;

use super::*;
use crate::{DraftBase, DraftKind, NewDraft};

const AT_TEN: DraftBase = DraftBase { inbound: Some(10), outbound: None };

fn written(text: &str) -> NewDraft {
    NewDraft {
        id: "a".into(),
        kind: DraftKind::Reply,
        text: text.into(),
        files: Vec::new(),
        based_on: AT_TEN,
    }
}

/// Confirms a single reply to the same conversation.
fn send(journal: &Journal, text: &str, second: i64) {
    let action =
        Action::Reply { text: text.into(), mass: false, then: done(), files: Vec::new(), approved: None };
    let job = NewJob {
        id: JobId(Uuid::now_v7()),
        name: "Reply".into(),
        action,
        state: JobState::Running,
        due: at(second),
        created: at(second),
        me: handle("jonas@example.com"),
        filter: None,
        resolved: None,
        audience: audience(&["a"]).into(),
        sending: Sending::default(),
        origin: None,
    };
    journal.insert_job(&job).unwrap();
}

fn texts(journal: &Journal) -> Vec<String> {
    let versions = journal.draft_versions(&"a".into(), DraftKind::Reply).unwrap();
    assert!(versions.windows(2).all(|pair| pair[0].version > pair[1].version), "newest first");
    versions.into_iter().map(|version| version.text).collect()
}

#[test]
fn every_save_is_durable_and_a_version() {
    let (folder, journal) = open();
    let first = journal.save_draft(&written("Dear"), at(1)).unwrap().unwrap();
    let second = journal.save_draft(&written("Dear Marta"), at(2)).unwrap().unwrap();
    assert_eq!((first.version, second.version, second.text.as_str()), (1, 2, "Dear Marta"));
    assert_eq!(
        journal.save_draft(&written("Dear Marta"), at(3)).unwrap(),
        Some(second.clone()),
        "nothing new"
    );
    drop(journal);
    let journal = Journal::open(folder.path(), &key()).unwrap();
    assert_eq!(journal.draft(&"a".into(), DraftKind::Reply).unwrap(), Some(second));
    assert_eq!(texts(&journal), ["Dear Marta", "Dear"]);
}

#[test]
fn replies_notes_and_conversations_are_kept_apart() {
    let (_folder, journal) = open();
    journal.save_draft(&written("to Marta"), at(1)).unwrap();
    journal.save_draft(&NewDraft { kind: DraftKind::Note, ..written("to the team") }, at(2)).unwrap();
    journal.save_draft(&NewDraft { id: "b".into(), ..written("to Kofi") }, at(3)).unwrap();
    let all: Vec<String> = journal.drafts().unwrap().into_iter().map(|draft| draft.text).collect();
    assert_eq!(all, ["to Kofi", "to the team", "to Marta"]);
    send(&journal, "to Marta", 50);
    assert_eq!(journal.drafts().unwrap().len(), 2);
    assert_eq!(journal.draft(&"a".into(), DraftKind::Note).unwrap().unwrap().text, "to the team");
}

#[test]
fn a_draft_keeps_the_base_that_it_was_begun_with() {
    let (_folder, journal) = open();
    let later = DraftBase { inbound: Some(20), outbound: Some(15) };
    journal.save_draft(&written("Dear"), at(1)).unwrap();
    let on =
        journal.save_draft(&NewDraft { based_on: later, ..written("Dear Marta") }, at(2)).unwrap().unwrap();
    assert_eq!(on.based_on, AT_TEN);
    // Emptied, it is over; what is begun then knows the newer message.
    assert_eq!(journal.save_draft(&written(" \n"), at(3)).unwrap(), None);
    assert_eq!(texts(&journal), ["Dear Marta", "Dear"], "nothing is lost");
    let anew = journal.save_draft(&NewDraft { based_on: later, ..written("Hello") }, at(4)).unwrap().unwrap();
    assert_eq!((anew.based_on, anew.version), (later, 3));
}

#[test]
fn a_save_that_comes_late_does_not_begin_anew_what_was_sent() {
    let (_folder, journal) = open();
    journal.save_draft(&written("Dear Marta"), at(1)).unwrap();
    send(&journal, "Dear Marta", 2);
    assert_eq!(journal.save_draft(&written("Dear Marta"), at(3)).unwrap(), None);
    // Another text is another draft, which sending the first one does not end.
    journal.save_draft(&written("Something else"), at(3)).unwrap();
    send(&journal, "Dear Marta", 3);
    assert_eq!(journal.drafts().unwrap().len(), 1);
    // One more text, or the same one typed again some time later, is a draft of its own.
    assert!(journal.save_draft(&written("Dear Marta, one more thing"), at(4)).unwrap().is_some());
    send(&journal, "Dear Marta, one more thing", 5);
    assert!(journal.save_draft(&written("Dear Marta, one more thing"), at(20)).unwrap().is_some());
}

#[test]
fn the_last_fifty_stay_and_one_of_each_minute() {
    let (_folder, journal) = open();
    // A save every ten seconds, for twenty minutes.
    for n in 0..120 {
        journal.save_draft(&written(&format!("{n}")), at(n * 10)).unwrap();
    }
    let kept = texts(&journal);
    let newest: Vec<String> = (70..120).rev().map(|n| n.to_string()).collect();
    assert_eq!(kept[..50], newest);
    // Before that the last of each minute; the last of the twelfth minute is among the fifty.
    let older: Vec<u32> = kept[50..].iter().map(|text| text.parse().unwrap()).collect();
    assert_eq!(older, (0..11).rev().map(|minute| minute * 6 + 5).collect::<Vec<_>>());
}

#[test]
fn a_reply_that_was_taken_back_is_a_draft_again() {
    let (_folder, journal) = open();
    let file = FileRef { id: "ab".into(), name: "label.pdf".into(), mime: "application/pdf".into(), size: 3 };
    let action = Action::Reply {
        text: "Hello {{customer_first_name}}".into(),
        mass: false,
        then: done(),
        files: vec![file.clone()],
        approved: None,
    };
    let single = confirm(&journal, action, audience(&["a"]));
    journal.save_draft(&written("Something else"), at(1)).unwrap();
    let back = journal.draft_from_job(single, at(2)).unwrap().unwrap();
    assert_eq!((back.text.as_str(), back.files), ("Hello {{customer_first_name}}", vec![file]));
    assert_eq!(back.based_on, DraftBase { inbound: Some(5), outbound: None }, "as when it was confirmed");
    assert_eq!(texts(&journal), ["Hello {{customer_first_name}}", "Something else"]);

    let mass = confirm(&journal, reply(done()), audience(&["a", "b"]));
    let change = confirm(&journal, Action::Change { change: done() }, audience(&["a"]));
    for job in [mass, change, JobId(Uuid::now_v7())] {
        assert_eq!(journal.draft_from_job(job, at(3)).unwrap(), None);
    }
}

#[test]
fn a_file_stays_while_a_draft_needs_it() {
    let (_folder, journal) = open();
    let file = FileRef { id: "ab".into(), name: "label.pdf".into(), mime: "application/pdf".into(), size: 3 };
    journal.put_file(&file, b"abc", at(1)).unwrap();
    // A file without a word is a draft, too.
    let draft = NewDraft { files: vec![file.clone()], ..written("") };
    assert_eq!(journal.save_draft(&draft, at(1)).unwrap().unwrap().files, [file]);
    assert_eq!(journal.drop_unused_files(at(100)).unwrap(), 0);
    journal.save_draft(&written(""), at(50)).unwrap();
    assert_eq!(journal.drop_unused_files(at(100)).unwrap(), 1);
}
