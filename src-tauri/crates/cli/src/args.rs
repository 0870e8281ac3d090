//! The command line, exactly as DESIGN §8 says. Global options stand before or after the subcommand.

use std::path::PathBuf;

use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand};
use muster_app::Verdict;

use crate::schedule::{self, Days, Every, Hours};

/// Muster's engine in a terminal.
#[derive(Debug, Parser)]
#[command(name = "musterctl", version, about, max_term_width = 100)]
pub struct Args {
    /// Print JSON: one document, or one object per line for streams.
    #[arg(long, global = true)]
    pub json: bool,
    /// Where the data lies, instead of the local data directory or MUSTER_DATA_DIR.
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Take the API key from this environment variable instead of the keychain. Stores nothing.
    #[arg(long, global = true, value_name = "VAR")]
    pub key_env: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the embedded help desk.
    Desk(muster_desk::Args),
    /// Accounts on this computer.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Fetch what changed.
    Sync {
        /// The account.
        name: String,
        /// Fetch everything again.
        #[arg(long)]
        full: bool,
    },
    /// List conversations.
    Ls {
        /// The account.
        name: String,
        /// The filter; empty for everything. One that begins with -h or -V stands behind --.
        #[arg(allow_hyphen_values = true)]
        filter: String,
        /// updated, created, waiting or priority; with a minus the other way round.
        #[arg(long, allow_hyphen_values = true)]
        sort: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Count conversations.
    Count {
        /// The account.
        name: String,
        /// The filter; empty for everything. One that begins with -h or -V stands behind --.
        #[arg(allow_hyphen_values = true)]
        filter: String,
    },
    /// Show one conversation with its messages.
    Show {
        /// The account.
        name: String,
        /// The help desk's id.
        id: String,
    },
    /// Change or write to many conversations.
    Bulk(Box<BulkCommand>),
    /// List jobs.
    Jobs(JobsCommand),
    /// Look at a job, or do something with it. Works beside a running window.
    Job(JobCommand),
    /// Show or set how replies of an account leave when nobody says otherwise, and how much of it stays on this computer.
    Settings(SettingsCommand),
    /// Work the journal until nothing is due.
    Run {
        /// The account.
        name: String,
    },
    /// Load a cache from a file: an account that can be read and not written to.
    Import {
        /// How to call it. An account that was imported before is loaded anew.
        name: String,
        /// One conversation a line, as `export` writes them.
        file: PathBuf,
    },
    /// Write conversations to a file, one a line, as `import` reads them. Never overwrites one.
    Export {
        /// The account.
        name: String,
        /// The filter; empty for everything. One that begins with -h or -V stands behind --.
        #[arg(allow_hyphen_values = true)]
        filter: String,
        /// Where to.
        file: PathBuf,
    },
    /// Answer queries from standard input, each timed: `list FILTER`, `count FILTER`, `views`.
    Query {
        /// The account.
        name: String,
    },
}

/// Accounts on this computer.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Sign in to a help desk.
    Add {
        /// How to call it.
        name: String,
        /// Which kind of help desk.
        #[arg(long, value_parser = muster_app::KINDS)]
        kind: String,
        /// Its address.
        #[arg(long)]
        url: String,
        /// Whose key it is, where the key does not say (rt: the login, where the token was not made by RT itself).
        #[arg(long, value_name = "LOGIN")]
        user: Option<String>,
        /// Read the API key from standard input.
        #[arg(long)]
        key_stdin: bool,
    },
    /// List accounts.
    Ls,
    /// Forget an account, its keys and its data.
    Rm {
        /// The account.
        name: String,
    },
    /// Check address, key and role.
    Check {
        /// The account; all of them if left out.
        name: Option<String>,
    },
}

/// Show or set how replies of an account leave when nobody says otherwise, and how much of it stays on this computer.
#[derive(Debug, ClapArgs)]
pub struct SettingsCommand {
    /// The account.
    pub name: String,
    /// So long one reply can be taken back: 10s, 2m, 0s.
    #[arg(long, value_name = "TIME", value_parser = schedule::hold)]
    pub hold_one: Option<u32>,
    /// So long a reply to many can be taken back.
    #[arg(long, value_name = "TIME", value_parser = schedule::hold)]
    pub hold_many: Option<u32>,
    /// So long one reply in a live chat can be taken back.
    #[arg(long, value_name = "TIME", value_parser = schedule::hold)]
    pub hold_chat: Option<u32>,
    /// What was to reach a customer so long ago, while nothing could leave, asks first: 10m, 1h.
    #[arg(long, value_name = "TIME", value_parser = schedule::hold)]
    pub overdue: Option<u32>,
    /// Messages of conversations that were not updated for so many days are removed from this computer, or `all` stay.
    #[arg(long, value_name = "DAYS", value_parser = limit)]
    pub keep_days: Option<Limit>,
    /// The oldest messages are removed while more than so many megabytes are needed, or `all` stay.
    #[arg(long, value_name = "MB", value_parser = limit)]
    pub keep_mb: Option<Limit>,
    /// Files of messages that were not opened for longest go while they need more than so many megabytes; 0 keeps none.
    #[arg(long, value_name = "MB")]
    pub keep_files_mb: Option<u32>,
}

/// A number, or none: everything stays.
pub type Limit = Option<u32>;

fn limit(text: &str) -> Result<Limit, String> {
    if text == "all" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| format!("\"{text}\" is not a limit. Write a whole number, or all."))
}

/// Change or write to many conversations.
#[derive(Debug, ClapArgs)]
#[command(group(ArgGroup::new("mode").required(true).args(["dry_run", "yes"])))]
pub struct BulkCommand {
    /// The account.
    pub name: String,
    /// The filter.
    #[arg(required_unless_present = "ids", conflicts_with = "ids", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// A file with one id per line instead of a filter; - for standard input.
    #[arg(long, value_name = "FILE")]
    pub ids: Option<PathBuf>,
    /// The job's name.
    #[arg(long = "name", value_name = "TEXT")]
    pub job_name: Option<String>,
    /// The status to set.
    #[arg(long, value_parser = ["active", "snoozed", "done", "archived", "spam"])]
    pub status: Option<String>,
    /// Until when to snooze: 2h, tomorrow, next friday at 10am, until reply, …
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// The agent to assign: an address, or me.
    #[arg(long, value_name = "AGENT", conflicts_with = "unassign")]
    pub assign: Option<String>,
    /// The team to assign.
    #[arg(long, value_name = "T", conflicts_with = "unassign")]
    pub team: Option<String>,
    /// Take agent and team away.
    #[arg(long)]
    pub unassign: bool,
    /// Tags to add.
    #[arg(long, value_delimiter = ',', value_name = "a,b", value_parser = tag)]
    pub tag: Vec<String>,
    /// Tags to remove.
    #[arg(long, value_delimiter = ',', value_name = "c", value_parser = tag)]
    pub untag: Vec<String>,
    /// Remove every tag.
    #[arg(long)]
    pub untag_all: bool,
    /// The priority to set.
    #[arg(long, value_name = "P", value_parser = ["none", "low", "medium", "high", "urgent"])]
    pub priority: Option<String>,
    /// Block the contacts. Cannot be undone from here.
    #[arg(long)]
    pub block: bool,
    /// Delete the conversations. Cannot be undone. No word is asked for here as the window does: say with --expect how
    /// many it must be, so that a filter that grew deletes nothing.
    #[arg(long)]
    pub delete: bool,
    /// A file with the reply, with merge tags; - for standard input.
    #[arg(long, value_name = "FILE")]
    pub reply_file: Option<PathBuf>,
    /// A file that goes with the reply where the channel carries it; may be given several times.
    #[arg(long, value_name = "FILE", requires = "reply_file")]
    pub attach: Vec<PathBuf>,
    /// When it leaves, or a drip begins: tomorrow at 9am, 2026-05-22T09:00, …
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// So many every so often: 100/5h, 50/30m, 200/1d.
    #[arg(long, value_name = "N/INTERVAL", value_parser = schedule::drip)]
    pub drip: Option<Every>,
    /// On which days a drip sends: mon-fri, or mon,wed.
    #[arg(long, value_name = "DAYS", value_parser = schedule::days, requires = "drip")]
    pub days: Option<Days>,
    /// At which time of the day a drip sends: 09:00-17:00.
    #[arg(long, value_name = "FROM-TO", value_parser = schedule::window, requires = "drip")]
    pub window: Option<Hours>,
    /// The time zone of --days and --window: Europe/Berlin. This computer's if left out.
    #[arg(long, value_name = "Z", requires = "drip")]
    pub zone: Option<String>,
    /// How long it can be taken back before it leaves: 30s, 5m. Nobody watches a script, so 0s if left out.
    #[arg(long, value_name = "TIME", value_parser = schedule::hold, default_value = "0s")]
    pub hold: u32,
    /// So many first, spread over the channels; then it stops, and `job … resume` sends to the rest.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub canary: Option<u32>,
    /// Write to each person once, on the latest thread.
    #[arg(long, requires = "reply_file")]
    pub once_per_person: bool,
    /// What becomes of a reply when somebody wrote since the plan.
    #[arg(long, value_parser = ["hold", "skip", "send"], default_value = "hold")]
    pub if_changed: String,
    /// Verdicts whose recipients are left out.
    #[arg(long, value_delimiter = ',', value_name = "VERDICT,…", value_parser = verdict)]
    pub skip: Vec<Verdict>,
    /// Show what would happen, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Confirm, and work or watch the job to its end. What leaves later, and a canary that waits, is not waited for.
    #[arg(long)]
    pub yes: bool,
    /// Refuse unless exactly so many would be changed or written to.
    #[arg(long, value_name = "N", requires = "yes", conflicts_with = "dry_run")]
    pub expect: Option<usize>,
    /// Confirm only; the window or `musterctl run` does the work.
    #[arg(long, requires = "yes", conflicts_with = "dry_run")]
    pub detach: bool,
}

/// List jobs.
#[derive(Debug, ClapArgs)]
pub struct JobsCommand {
    /// The account.
    pub name: String,
    /// Only jobs in these states.
    #[arg(long, value_delimiter = ',', value_parser = STATES)]
    pub status: Vec<String>,
    /// Only jobs of these types; change is everything but reply and follow.
    #[arg(long = "type", value_delimiter = ',', value_parser = TYPES)]
    pub kind: Vec<String>,
    /// Only jobs confirmed since then: a date, or a moment in RFC 3339.
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// Look at a job, or do something with it.
#[derive(Debug, ClapArgs)]
pub struct JobCommand {
    /// The account.
    pub name: String,
    /// The job's id.
    pub id: String,
    /// What to do with it; shows it if left out.
    #[command(subcommand)]
    pub action: Option<JobAction>,
}

/// What to do with a job. Pause, resume and cancel change the job and wait for nothing; whoever works the account – a
/// window, or `musterctl run` – goes by it at once.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum JobAction {
    /// Show it with its items.
    Show,
    /// Stop it until somebody says go on.
    Pause,
    /// Let it go on: after a pause, a canary, or an overdue time. If no window works the account, `musterctl run` does.
    Resume,
    /// Stop it for good. Says how many will not be sent.
    Cancel,
    /// Try again what was provably not applied, what was cancelled included: a new job, confirmed, then worked or
    /// watched to its end.
    Retry {
        /// Confirm only.
        #[arg(long)]
        detach: bool,
    },
    /// Give back what it changed, unless somebody changed it since: a new job, confirmed, then worked or watched to its
    /// end.
    Undo {
        /// Confirm only.
        #[arg(long)]
        detach: bool,
    },
    /// Write its record: who, when, whom, what, and what became of each. Never overwrites a file.
    Export {
        /// Where to; a name that ends with .csv becomes a table, any other JSON.
        file: PathBuf,
    },
}

const STATES: [&str; 8] =
    ["draft", "scheduled", "holding", "running", "paused", "completed", "completed_with_errors", "cancelled"];

const TYPES: [&str; 12] = [
    "reply", "note", "change", "status", "snooze", "assign", "tags", "priority", "follow", "block", "delete",
    "undo",
];

/// A tag's name. An empty one would be a tag that nobody sees.
fn tag(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a tag has a name".to_owned()),
        name => Ok(name.to_owned()),
    }
}

/// A verdict's word. A misspelt one would leave nobody out, and write to those who were meant.
fn verdict(text: &str) -> Result<Verdict, String> {
    match Verdict::from(text.trim()) {
        Verdict::Other(_) => {
            let words: Vec<String> = Verdict::KNOWN.iter().map(ToString::to_string).collect();
            Err(format!("there is no such verdict. Use {}", words.join(", ")))
        }
        verdict => Ok(verdict),
    }
}

#[cfg(test)]
mod tests;
