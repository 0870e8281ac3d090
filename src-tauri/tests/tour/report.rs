//! What the tour saw, step by step: pictures and sentences in `target/demo/`, and lines on the terminal as it goes.

use crate::Result;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The growing report.
pub struct Report {
    folder: PathBuf,
    started: Instant,
    steps: Vec<Step>,
}

/// What one step saw.
#[derive(Default)]
pub struct Facts {
    lines: Vec<String>,
    unpictured: bool,
}

struct Step {
    name: String,
    picture: Option<String>,
    facts: Vec<String>,
    error: Option<String>,
    took: Duration,
}

impl Facts {
    /// Notes something that was seen.
    pub fn saw(&mut self, fact: impl Into<String>) {
        self.lines.push(fact.into().split_whitespace().collect::<Vec<_>>().join(" "));
    }

    /// The window shows nothing of this step.
    pub fn without_picture(&mut self) {
        self.unpictured = true;
    }

    /// Whether the window is worth a picture.
    pub fn is_pictured(&self) -> bool {
        !self.unpictured
    }
}

impl Report {
    /// An empty report; pictures of an earlier tour are removed.
    pub fn new(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|kind| kind == "png" || kind == "md") {
                std::fs::remove_file(path)?;
            }
        }
        Ok(Self { folder: folder.to_owned(), started: Instant::now(), steps: Vec::new() })
    }

    /// Where the picture of the next step belongs.
    pub fn next_picture(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{:02}-{}.png", self.steps.len() + 1, slug(name)))
    }

    /// Adds a finished step, and tells the terminal.
    pub fn add(
        &mut self,
        name: &str,
        facts: Facts,
        outcome: &Result<()>,
        picture: Option<&Path>,
        took: Duration,
    ) {
        let error = outcome.as_ref().err().map(ToString::to_string);
        let mark = if error.is_none() { '✓' } else { '✗' };
        println!("  {mark} {:02} {name} · {:.1} s", self.steps.len() + 1, took.as_secs_f64());
        for fact in &facts.lines {
            println!("       {fact}");
        }
        let picture = picture.and_then(Path::file_name).map(|file| file.to_string_lossy().into_owned());
        self.steps.push(Step { name: name.to_owned(), picture, facts: facts.lines, error, took });
    }

    /// Writes `report.md`.
    pub fn write(&self, outcome: &Result<()>) -> Result<()> {
        let mut text = String::from("# The tour\n\n");
        let total = self.started.elapsed().as_secs();
        match outcome {
            Ok(()) => writeln!(text, "All {} steps were seen to work, in {total} s.\n", self.steps.len())?,
            Err(error) => writeln!(text, "**Failed** after {} steps: {error}\n", self.steps.len())?,
        }
        for (index, step) in self.steps.iter().enumerate() {
            let mark = if step.error.is_none() { "✓" } else { "✗" };
            writeln!(text, "## {:02} {mark} {} ({:.1} s)\n", index + 1, step.name, step.took.as_secs_f64())?;
            for line in step.facts.iter().chain(&step.error) {
                writeln!(text, "- {line}")?;
            }
            if let Some(picture) = &step.picture {
                writeln!(text, "\n![{}]({picture})", step.name)?;
            }
            text.push('\n');
        }
        std::fs::write(self.folder.join("report.md"), text)?;
        Ok(())
    }

    /// The closing line.
    pub fn closing(&self) -> String {
        let seen = self.steps.iter().filter(|step| step.error.is_none()).count();
        let failed = self.steps.len() - seen;
        format!("tour: {seen} steps seen, {failed} failed; pictures and report in {}", self.folder.display())
    }
}

fn slug(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '-' })
        .collect();
    plain.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}
