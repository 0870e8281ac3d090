//! The command line, exactly as DESIGN §8 says. Global options stand before or after the subcommand.

use std::path::PathBuf;

use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand, ValueEnum};

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
    /// Look at a job.
    Job {
        /// The account.
        name: String,
        /// The job's id.
        id: String,
        /// What to do with it.
        #[arg(default_value = "show")]
        action: JobAction,
    },
    /// Work the journal until nothing is due.
    Run {
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
        #[arg(long, value_parser = ["muster"])]
        kind: String,
        /// Its address.
        #[arg(long)]
        url: String,
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
    /// The agent to assign.
    #[arg(long, value_name = "AGENT", conflicts_with = "unassign")]
    pub assign: Option<String>,
    /// The team to assign.
    #[arg(long, value_name = "T", conflicts_with = "unassign")]
    pub team: Option<String>,
    /// Take agent and team away.
    #[arg(long)]
    pub unassign: bool,
    /// Tags to add.
    #[arg(long, value_delimiter = ',', value_name = "a,b")]
    pub tag: Vec<String>,
    /// Tags to remove.
    #[arg(long, value_delimiter = ',', value_name = "c")]
    pub untag: Vec<String>,
    /// Remove every tag.
    #[arg(long)]
    pub untag_all: bool,
    /// The priority to set.
    #[arg(long, value_name = "P")]
    pub priority: Option<String>,
    /// A file with the reply, with merge tags; - for standard input.
    #[arg(long, value_name = "FILE")]
    pub reply_file: Option<PathBuf>,
    /// Verdicts whose recipients are left out.
    #[arg(long, value_delimiter = ',', value_name = "VERDICT,…")]
    pub skip: Vec<String>,
    /// Show what would happen, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Confirm, and work or watch the job to its end.
    #[arg(long)]
    pub yes: bool,
    /// Refuse unless exactly so many would be changed or written to.
    #[arg(long, value_name = "N")]
    pub expect: Option<usize>,
    /// Confirm only; the window or `musterctl run` does the work.
    #[arg(long, requires = "yes")]
    pub detach: bool,
}

/// List jobs.
#[derive(Debug, ClapArgs)]
pub struct JobsCommand {
    /// The account.
    pub name: String,
    /// Only jobs in these states: running, paused, completed, completed_with_errors, …
    #[arg(long, value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only jobs of these types.
    #[arg(long = "type", value_delimiter = ',', value_parser = ["reply", "change", "follow"])]
    pub kind: Vec<String>,
    /// Only jobs confirmed since then: a date, or a moment in RFC 3339.
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// What to do with a job.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum JobAction {
    /// Show it.
    Show,
}
