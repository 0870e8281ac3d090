//! The processes that the tour starts. Each writes to a log of its own and dies with the tour, however the tour ends.

use crate::Result;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running program of the tour.
pub struct Process {
    name: String,
    child: Child,
}

/// A command for a program that the kernel kills when the tour dies, even when the tour itself is killed.
pub fn tied(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

impl Process {
    /// Starts a program; both outputs go to `logs/NAME.log`.
    pub fn start(name: &str, command: &mut Command, logs: &Path) -> Result<Self> {
        let log = open_log(name, logs)?;
        command.stdout(log.try_clone()?).stderr(log);
        Self::spawn(name, command)
    }

    /// Starts a program that says something important in its first line; the rest goes to its log.
    pub fn start_and_read_line(name: &str, command: &mut Command, logs: &Path) -> Result<(Self, String)> {
        let mut log = open_log(name, logs)?;
        command.stdout(Stdio::piped()).stderr(log.try_clone()?);
        let mut process = Self::spawn(name, command)?;
        let mut output = BufReader::new(process.child.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        if line.is_empty() {
            return Err(format!("{name} ended at once; see {name}.log").into());
        }
        // Somebody must go on reading: a full pipe would stop the program.
        std::thread::spawn(move || std::io::copy(&mut output, &mut log));
        Ok((process, line.trim().to_owned()))
    }

    fn spawn(name: &str, command: &mut Command) -> Result<Self> {
        let child = command.spawn().map_err(|error| format!("{name} cannot be started: {error}"))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// Its name, which is also its log's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Hands over a password or the like through standard input, and closes it.
    pub fn tell(&mut self, text: &str) -> Result<()> {
        use std::io::Write;
        let mut input = self.child.stdin.take().ok_or("no input")?;
        input.write_all(text.as_bytes())?;
        Ok(())
    }

    /// `kill -9`, as a crash or a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Fails when it has ended although it should run.
    pub fn must_run(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("{} ended with {status}; see {}.log", self.name, self.name).into()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn open_log(name: &str, logs: &Path) -> Result<File> {
    Ok(File::options().create(true).append(true).open(logs.join(format!("{name}.log")))?)
}

/// The processes whose program file has this name and whose ancestor is `root`.
pub fn descendants(root: u32, program: &str) -> Vec<u32> {
    let mut found = Vec::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        for child in children_of(parent) {
            let exe = std::fs::read_link(format!("/proc/{child}/exe")).unwrap_or_default();
            if exe.file_name().is_some_and(|name| name == program) {
                found.push(child);
            }
            parents.push(child);
        }
    }
    found
}

fn children_of(parent: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    threads
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|ids| ids.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}
