//! Where the repository lies. Every command works from its root, wherever `cargo xtask` was typed.

use crate::Result;
use std::path::Path;

/// Makes the repository's root the current directory.
pub fn enter() -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(3).ok_or("xtask does not lie at src-tauri/crates/xtask any more")?;
    std::env::set_current_dir(root).map_err(|error| format!("cannot enter {}: {error}", root.display()))?;
    Ok(())
}

/// The folder of build results. Somebody who builds elsewhere says so in `CARGO_TARGET_DIR`.
pub fn target() -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), Into::into)
}

/// A program that the development build makes.
pub fn built(program: &str) -> std::path::PathBuf {
    target().join("debug").join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}
