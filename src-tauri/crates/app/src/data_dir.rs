//! Where Muster keeps its data.

use std::path::PathBuf;

use directories::ProjectDirs;

use crate::{ErrorCode, UiError};

/// The data folder: the one that was asked for, else `MUSTER_DATA_DIR`, else the OS's *local* data directory. Made if
/// it is missing, readable for its owner only.
///
/// # Errors
/// When there is no home directory, or the folder cannot be made.
pub fn data_dir(asked: Option<PathBuf>) -> Result<PathBuf, UiError> {
    let dir = asked
        .or_else(|| std::env::var_os("MUSTER_DATA_DIR").filter(|dir| !dir.is_empty()).map(PathBuf::from))
        .or_else(|| ProjectDirs::from("app", "", "muster").map(|dirs| dirs.data_local_dir().to_owned()))
        .ok_or_else(|| {
            UiError::new(
                ErrorCode::Internal,
                "This computer has no home directory. Set MUSTER_DATA_DIR to a folder.",
            )
        })?;
    make_private(&dir).map_err(|err| {
        UiError::new(ErrorCode::Internal, format!("The data folder {} cannot be made: {err}.", dir.display()))
    })?;
    Ok(dir)
}

/// Makes a folder that only its owner can look into.
fn make_private(dir: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(dir)
}
