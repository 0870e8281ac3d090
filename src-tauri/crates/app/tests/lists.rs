//! The three lists of commands – declaration, permissions, TypeScript – are the same.

use std::collections::BTreeSet;
use std::path::Path;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident($request:ty) -> $answer:ty;)+) => {
        const DECLARED: &[(&str, &str, &str)] =
            &[$((stringify!($name), stringify!($request), stringify!($answer))),+];
    };
}

muster_app::muster_commands!(names);

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}

#[test]
fn every_command_is_granted_to_the_window_and_nothing_else_is() {
    let granted = read("src-tauri/permissions/app.toml");
    let granted: BTreeSet<&str> =
        granted.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
    let declared: BTreeSet<&str> = DECLARED.iter().map(|(name, ..)| *name).collect();
    assert_eq!(granted, declared);
}

#[test]
fn typescript_declares_the_same_requests_and_answers() {
    let source = read("ui/src/lib/host/commands.ts");
    let typescript: BTreeSet<String> = source
        .lines()
        .filter_map(|line| {
            let (name, types) = line.trim().strip_suffix("];")?.split_once(": [")?;
            Some(format!("{name}({types})"))
        })
        .collect();
    let declared: BTreeSet<String> = DECLARED
        .iter()
        .map(|(name, request, answer)| {
            let answer = answer.replace(' ', "");
            let answer = answer
                .strip_prefix("Vec<")
                .and_then(|inner| inner.strip_suffix('>'))
                .map_or_else(|| answer.clone(), |inner| format!("{inner}[]"));
            format!("{name}({request}, {answer})")
        })
        .collect();
    assert_eq!(typescript, declared);
}
