//! The arrows between our crates, held to what the architecture says: they point down only, `tauri` stands in the root
//! package alone, SQL stays with the two that own a database, and HTTP with those that speak to a help desk.

use crate::Result;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// Who may use which of ours. A crate that is not listed must be added here, with its arrows.
const ARROWS: &[(&str, &[&str])] = &[
    ("muster-model", &[]),
    ("muster-store", &["muster-model"]),
    ("muster-helpdesk", &["muster-model"]),
    ("muster-engine", &["muster-helpdesk", "muster-model", "muster-store"]),
    ("muster-app", &["muster-engine", "muster-helpdesk", "muster-model", "muster-store"]),
    ("muster-desk", &[]),
    ("musterctl", &["muster-app", "muster-desk"]),
    ("muster", &["muster-app", "muster-desk"]),
    ("xtask", &[]),
];

/// What must not be reached from a crate, not even through others (as a normal or build dependency).
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("muster-model", &["rusqlite", "reqwest", "tokio", "tauri"]),
    ("muster-store", &["reqwest", "hyper", "tauri"]),
    ("muster-helpdesk", &["rusqlite", "libsqlite3-sys", "tauri"]),
    ("muster-engine", &["tauri"]),
    ("muster-app", &["tauri"]),
    ("muster-desk", &["reqwest", "tauri"]),
    ("musterctl", &["tauri"]),
];

/// Fails with every arrow that points the wrong way.
pub fn check() -> Result<()> {
    let metadata = Command::new("cargo").args(["metadata", "--format-version=1", "--no-deps"]).output()?;
    let mut wrong = declared(&serde_json::from_slice(&metadata.stdout)?);
    for (package, forbidden) in FORBIDDEN {
        let tree = Command::new("cargo")
            .args(["tree", "--edges=normal,build", "--prefix=none", "--format={p}", "--package", package])
            .output()?;
        if !tree.status.success() {
            return Err(String::from_utf8_lossy(&tree.stderr).into_owned().into());
        }
        wrong.extend(reached(package, forbidden, &String::from_utf8_lossy(&tree.stdout)));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ").into()) }
}

/// Arrows as the manifests declare them.
fn declared(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name} has no line in xtask's table of arrows"));
            continue;
        };
        for dependency in package["dependencies"].as_array().map_or(&[][..], Vec::as_slice) {
            let used = dependency["name"].as_str().unwrap_or_default();
            let test_only = dependency["kind"] == "dev";
            if ours.contains(used) && !allowed.contains(&used) && !test_only {
                wrong.push(format!("{name} must not use {used}"));
            }
            if name != "muster" && (used == "tauri" || used.starts_with("tauri-")) {
                wrong.push(format!("{name} uses {used}: tauri stands in the root package only"));
            }
        }
    }
    wrong
}

fn reached(package: &str, forbidden: &[&str], tree: &str) -> Vec<String> {
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    forbidden
        .iter()
        .filter(|name| names.contains(*name))
        .map(|name| format!("{package} reaches {name}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{declared, reached};
    use serde_json::json;

    #[test]
    fn an_arrow_upwards_is_named() {
        let metadata = json!({ "packages": [
            { "name": "muster-model", "dependencies": [{ "name": "muster-store", "kind": null }] },
            { "name": "muster-store", "dependencies": [{ "name": "muster-model", "kind": null }] },
        ]});
        assert_eq!(declared(&metadata), ["muster-model must not use muster-store"]);
    }

    #[test]
    fn tauri_outside_the_root_package_is_named() {
        let metadata = json!({ "packages": [
            { "name": "muster", "dependencies": [{ "name": "tauri", "kind": null }] },
            { "name": "muster-app", "dependencies": [{ "name": "tauri", "kind": "dev" }] },
        ]});
        assert_eq!(declared(&metadata), ["muster-app uses tauri: tauri stands in the root package only"]);
    }

    #[test]
    fn a_library_reached_through_others_is_named() {
        let tree = "muster-store v0.1.0 (/a)\nrusqlite v0.41.0\nreqwest v0.13.0\n";
        assert_eq!(reached("muster-store", &["reqwest", "hyper"], tree), ["muster-store reaches reqwest"]);
    }
}
