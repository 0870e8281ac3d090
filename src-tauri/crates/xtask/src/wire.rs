//! The generated TypeScript types: `cargo test` writes them, so a change of theirs during the tests means that what is
//! committed no longer says what Rust says.

use crate::Result;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const FOLDER: &str = "ui/src/lib/host/wire";

/// The generated files as they were at one moment.
#[derive(Debug, PartialEq, Eq)]
pub struct Wire(BTreeMap<PathBuf, Vec<u8>>);

impl Wire {
    /// Reads the generated files.
    pub fn now() -> Result<Self> {
        let mut files = BTreeMap::new();
        read_into(Path::new(FOLDER), &mut files)?;
        Ok(Self(files))
    }

    /// Fails with the names of the files that differ from how they were before.
    pub fn must_equal(&self, before: &Self) -> Result<()> {
        let differ = self.changed_since(before);
        if differ.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = differ.iter().map(|path| path.display().to_string()).collect();
        Err(format!(
            "the TypeScript types were out of date and have just been written anew; look at them and commit them: {}",
            names.join(", ")
        )
        .into())
    }

    fn changed_since<'a>(&'a self, before: &'a Self) -> Vec<&'a PathBuf> {
        let written =
            self.0.iter().filter(|(path, text)| before.0.get(*path) != Some(text)).map(|(path, _)| path);
        let gone = before.0.keys().filter(|path| !self.0.contains_key(*path));
        written.chain(gone).collect()
    }
}

fn read_into(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_into(&path, files)?;
        } else {
            let text = std::fs::read(&path)?;
            files.insert(path, text);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{BTreeMap, PathBuf, Wire};

    fn wire(files: &[(&str, &str)]) -> Wire {
        Wire(
            files
                .iter()
                .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
                .collect::<BTreeMap<_, _>>(),
        )
    }

    #[test]
    fn names_what_was_written_added_and_removed() {
        let before = wire(&[("Job.ts", "a"), ("Same.ts", "x"), ("Gone.ts", "y")]);
        let after = wire(&[("Job.ts", "b"), ("Same.ts", "x"), ("New.ts", "z")]);
        let mut changed: Vec<_> =
            after.changed_since(&before).into_iter().map(|path| path.display().to_string()).collect();
        changed.sort();
        assert_eq!(changed, ["Gone.ts", "Job.ts", "New.ts"]);
        assert!(after.must_equal(&after).is_ok());
    }
}
