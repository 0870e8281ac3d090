//! Databases that are only copies: damage that is found in one is noted beside it, and whoever opens it next makes it
//! anew. What is precious – the journal – is never thrown away.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use crate::{Result, StoreError};

/// Behind the name of a database: it is damaged.
const MARK: &str = "damaged";
/// Behind the name of a database: what SQLite keeps beside it.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// What was found in the copy, if anybody found anything.
pub(crate) fn found(path: &Path) -> Option<String> {
    fs::read_to_string(mark(path)).ok()
}

/// Whether anybody found anything: cheap enough to be asked every second.
pub(crate) fn is_noted(path: &Path) -> bool {
    mark(path).exists()
}

/// Notes what was found. The first finding stays: later ones follow from it.
pub(crate) fn note(path: &Path, detail: &str) {
    if is_noted(path) {
        return;
    }
    tracing::error!(file = %path.display(), detail, "a copy is damaged; it is made anew when it is opened next");
    // Where not even this can be written, the next error finds it again.
    if let Err(err) = fs::write(mark(path), detail) {
        tracing::error!(file = %path.display(), error = %err, "the damage could not be noted");
    }
}

/// Removes a copy, so that opening it makes it anew. The mark goes last: what is broken off here is done again.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let beside = BESIDE.iter().map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    });
    for file in std::iter::once(path.to_owned()).chain(beside).chain([mark(path)]) {
        match fs::remove_file(&file) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                return Err(StoreError::Io { path: file, source });
            }
            _ => {}
        }
    }
    Ok(())
}

fn mark(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(MARK);
    PathBuf::from(name)
}
