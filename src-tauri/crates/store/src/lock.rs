//! `account.lock`: only the process that holds it syncs, writes `cache.db`, sends and recovers. The operating system
//! frees it when the process dies, so no stale lock can stay behind.

use std::{
    fs::{File, OpenOptions, TryLockError, create_dir_all},
    path::Path,
};

use crate::{Result, StoreError};

/// The right to work an account; given back on drop.
#[derive(Debug)]
pub struct AccountLock {
    _file: File,
}

impl AccountLock {
    /// Takes the lock of the account in `folder`, or says `None` if another process has it.
    pub fn try_take(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("account.lock");
        let io = |source| StoreError::Io { path: path.clone(), source };
        create_dir_all(folder).map_err(io)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_free_again_on_drop() {
        let folder = tempfile::tempdir().unwrap();
        let first = AccountLock::try_take(folder.path()).unwrap();
        assert!(first.is_some());
        assert!(AccountLock::try_take(folder.path()).unwrap().is_none());
        drop(first);
        assert!(AccountLock::try_take(folder.path()).unwrap().is_some());
    }
}
