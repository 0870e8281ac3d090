//! What a person takes out of Muster: a new file in their folder for downloads. One that exists is never overwritten, and a
//! name from outside is never more than a name.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The longest name that is kept, in characters.
const LONGEST: usize = 80;
/// So many files of one name.
const SAME: usize = 1000;

/// The user's folder for downloads; where the system knows none, a folder beside the data.
pub(crate) fn folder(data_dir: &Path) -> PathBuf {
    directories::UserDirs::new()
        .and_then(|dirs| dirs.download_dir().map(Path::to_owned))
        .unwrap_or_else(|| data_dir.join("exports"))
}

/// A name that is one file name everywhere: no separators, nothing that a system reserves, not too long, not hidden.
pub(crate) fn safe_name(name: &str) -> String {
    let kept: String = name.chars().map(|c| if is_unsafe(c) { ' ' } else { c }).take(LONGEST).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    words.join(" ").trim_matches(['.', ' ']).to_owned()
}

/// What no file name holds on some system, and signs that turn the reading direction, under which "exe.pdf" could hide.
fn is_unsafe(sign: char) -> bool {
    sign.is_control()
        || "/\\:*?\"<>|".contains(sign)
        || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A safe name and its extension, of a file that somebody sent.
pub(crate) fn stem_and_extension(name: &str) -> (String, String) {
    let name: String = name.chars().map(|c| if is_unsafe(c) { ' ' } else { c }).collect();
    let (stem, extension) = match name.trim().rsplit_once('.') {
        Some((stem, extension))
            if !stem.trim_matches(['.', ' ']).is_empty()
                && (1..=10).contains(&extension.len())
                && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            (stem.to_owned(), extension.to_owned())
        }
        _ => (name, String::new()),
    };
    let stem = safe_name(&stem);
    let stem = if stem.is_empty() || is_reserved(&stem) { format!("file {stem}") } else { stem };
    (stem.trim().to_owned(), extension)
}

/// Names that are devices on Windows.
fn is_reserved(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    let numbered = |word: &str| {
        first
            .strip_prefix(word)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(first.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// Opens a file that was not there before, under the first free name.
pub(crate) fn create(folder: &Path, stem: &str, extension: &str) -> std::io::Result<(PathBuf, File)> {
    std::fs::create_dir_all(folder)?;
    let end = if extension.is_empty() { String::new() } else { format!(".{extension}") };
    for n in 1..SAME {
        let name = if n == 1 { format!("{stem}{end}") } else { format!("{stem} ({n}){end}") };
        match create_new(folder.join(name)) {
            Err(err) if err.kind() == ErrorKind::AlreadyExists => {}
            opened => return opened,
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Opens exactly this file, which was not there before.
pub(crate) fn create_new(path: PathBuf) -> std::io::Result<(PathBuf, File)> {
    let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    Ok((path, file))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{create, stem_and_extension};

    #[rstest]
    #[case("statement 20 May.pdf", "statement 20 May", "pdf")]
    #[case("archive.tar.gz", "archive.tar", "gz")]
    #[case("../../.bashrc", "bashrc", "")]
    #[case("..\\..\\boot.ini", "boot", "ini")]
    #[case("/etc/passwd", "etc passwd", "")]
    #[case("no extension", "no extension", "")]
    #[case(".hidden", "hidden", "")]
    #[case("a.b c", "a.b c", "")]
    #[case("con.txt", "file con", "txt")]
    #[case("LPT1", "file LPT1", "")]
    #[case("invoice\u{202e}fdp.exe", "invoice fdp", "exe")]
    #[case("größe\n.png", "größe", "png")]
    #[case("", "file", "")]
    #[case("...", "file", "")]
    fn a_name_from_outside_is_only_a_name(#[case] name: &str, #[case] stem: &str, #[case] extension: &str) {
        assert_eq!(stem_and_extension(name), (stem.to_owned(), extension.to_owned()));
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..3)
            .map(|_| create(folder.path(), "photo", "png").unwrap().0)
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["photo.png", "photo (2).png", "photo (3).png"]);
    }
}
