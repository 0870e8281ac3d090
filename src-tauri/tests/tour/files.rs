//! Reading files and command lines as somebody would who is not meant to.

use crate::Result;
use crate::wait::ensure;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// All files below a folder.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}

/// The files below these folders in which `grep` finds any of the texts. They reach it through standard input: on the
/// command line, the search for the key would be what gives it away.
pub fn holding(folders: &[PathBuf], texts: &[String]) -> Result<Vec<String>> {
    let mut grep = Command::new("grep")
        .args([
            "--recursive",
            "--text",
            "--fixed-strings",
            "--files-with-matches",
            "--no-messages",
            "--file=-",
            "--",
        ])
        .args(folders)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    grep.stdin.take().ok_or("no input")?.write_all(texts.join("\n").as_bytes())?;
    let found = grep.wait_with_output()?;
    ensure(found.status.code() != Some(2) || !found.stdout.is_empty(), || "grep failed".into())?;
    Ok(String::from_utf8_lossy(&found.stdout).lines().map(str::to_owned).collect())
}

/// The command line of every process of this machine that may be read.
pub fn command_lines() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .collect()
}

/// A stretch of a message long enough to be nobody else's.
pub fn telling(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).max_by_key(|line| line.len())?;
    let stretch: String = line.chars().take(40).collect();
    (stretch.chars().count() >= 20).then_some(stretch)
}
