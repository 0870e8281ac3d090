//! The command line, as a table: what it takes and what it refuses with exit code 2.

use clap::CommandFactory;
use muster_app::wire::{DripView, SendingView};

use super::*;
use crate::schedule::sending;

fn parse(line: &str) -> Result<Args, clap::Error> {
    // Words in single quotes are one argument.
    let mut words = vec!["musterctl".to_owned()];
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    Args::try_parse_from(words)
}

fn bulk(line: &str) -> BulkCommand {
    match parse(line).unwrap_or_else(|err| panic!("{line}: {err}")).command {
        Command::Bulk(command) => *command,
        other => panic!("{line} is {other:?}"),
    }
}

fn job(line: &str) -> JobCommand {
    match parse(line).unwrap_or_else(|err| panic!("{line}: {err}")).command {
        Command::Job(command) => command,
        other => panic!("{line} is {other:?}"),
    }
}

#[test]
fn the_definition_holds_together() {
    Args::command().debug_assert();
}

#[test]
fn lines_that_are_taken() {
    let lines = [
        "jobs main",
        "jobs main --status running,paused --type tags,undo --since 2026-05-20 --json",
        "--json jobs main",
        "job main J",
        "--json job main J show",
        "job main J undo --json",
        "bulk main 'is:active' --delete --yes --expect 3",
        "bulk main --ids f --block --dry-run --json",
        "bulk main '' --status snoozed --until 'next friday at 10am' --yes --detach",
        "bulk main '' --reply-file f --attach a.pdf --attach b.png --once-per-person --skip silent,no_reply --yes",
        "bulk main '-tag:a' --tag a,b --untag c --untag-all --priority high --team t --yes",
    ];
    for line in lines {
        if let Err(err) = parse(line) {
            panic!("{line}: {err}");
        }
    }
}

#[test]
fn lines_that_are_refused() {
    let lines = [
        "bulk main 'is:active'",
        "bulk main --yes",
        "bulk main 'a' --ids f --yes",
        "bulk main 'a' --yes --dry-run",
        "bulk main 'a' --dry-run --detach",
        "bulk main 'a' --attach f --yes",
        "bulk main 'a' --once-per-person --yes",
        "bulk main 'a' --drip 100 --yes",
        "bulk main 'a' --drip 0/5h --yes",
        "bulk main 'a' --drip 100/5s --yes",
        "bulk main 'a' --days mon-fri --yes",
        "bulk main 'a' --drip 100/5h --days someday --yes",
        "bulk main 'a' --drip 100/5h --window 17:00-09:00 --yes",
        "bulk main 'a' --hold soon --yes",
        "bulk main 'a' --canary 0 --yes",
        "bulk main 'a' --reply-file f --skip silnet --yes",
        "bulk main 'a' --tag '' --yes",
        "bulk main 'a' --tag a,,b --yes",
        "bulk main 'a' --priority huge --yes",
        "bulk main 'a' --tag x --dry-run --expect 3",
        "bulk main 'a' --if-changed shout --yes",
        "bulk main 'a' --assign m --unassign --yes",
        "jobs main --status done",
        "jobs main --type replies",
        "job main J stop",
        "job main J export",
        "job main J pause --detach",
    ];
    for line in lines {
        match parse(line) {
            Ok(args) => panic!("{line} is taken as {args:?}"),
            Err(err) => assert_eq!(err.exit_code(), 2, "{line}"),
        }
    }
}

#[test]
fn nothing_said_leaves_at_once_and_is_not_held() {
    let said = sending(&bulk("bulk main 'a' --tag x --yes"));
    let expected = SendingView {
        mode: "at_once".into(),
        hold: Some(0),
        if_changed: "hold".into(),
        ..SendingView::default()
    };
    assert_eq!(said, expected);
}

#[test]
fn a_drip_has_all_of_its_parameters() {
    let line = "bulk main 'a' --reply-file f --at 'tomorrow at 9am' --drip 100/5h --days fri-mon,wed \
                --window 09:00-17:00 --zone Europe/Berlin --hold 5m --canary 10 --if-changed skip --yes";
    let drip = DripView {
        start: "tomorrow at 9am".into(),
        batch: 100,
        every: 5,
        unit: "hours".into(),
        days: ["mon", "wed", "fri", "sat", "sun"].map(str::to_owned).into(),
        from: Some("09:00".into()),
        to: Some("17:00".into()),
        zone: "Europe/Berlin".into(),
    };
    let expected = SendingView {
        mode: "drip".into(),
        at: None,
        drip: Some(drip),
        hold: Some(300),
        canary: Some(10),
        if_changed: "skip".into(),
    };
    assert_eq!(sending(&bulk(line)), expected);
}

#[test]
fn at_a_time_is_a_mode_of_its_own() {
    let said = sending(&bulk("bulk main 'a' --tag x --at tomorrow --yes"));
    assert_eq!((said.mode.as_str(), said.at.as_deref(), said.drip), ("at", Some("tomorrow"), None));
}

#[test]
fn what_is_done_with_a_job() {
    let cases = [
        ("job main J", None),
        ("job main J show", Some(JobAction::Show)),
        ("job main J pause", Some(JobAction::Pause)),
        ("job main J resume", Some(JobAction::Resume)),
        ("job main J cancel", Some(JobAction::Cancel)),
        ("job main J retry", Some(JobAction::Retry { detach: false })),
        ("job main J undo --detach", Some(JobAction::Undo { detach: true })),
        ("job main J export a.csv", Some(JobAction::Export { file: "a.csv".into() })),
    ];
    for (line, action) in cases {
        let command = job(line);
        assert_eq!(
            (command.name.as_str(), command.id.as_str(), command.action),
            ("main", "J", action),
            "{line}"
        );
    }
}
