//! A real Request Tracker of a test's own: started by `rt.sh`, asked over HTTP what it holds, and read in its outbox. It
//! is the other side of everything that Muster claims.
#![allow(dead_code, reason = "three programs share this, and each needs another part of it")]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Whatever went wrong, as a sentence.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Where Debian puts it.
const PROGRAM: &str = "/usr/share/request-tracker5/libexec/rt-server";

/// Tickets of every Request Tracker that is started, so that one filled database does for all of them.
const TICKETS: &str = "300";
/// The longest that a script may take; making the database is the longest of all.
const SCRIPT: Duration = Duration::from_secs(300);
/// The longest that an answer may take.
const ANSWER: Duration = Duration::from_secs(60);

/// The server. It ends with its owner.
pub struct Server {
    folder: PathBuf,
    script: PathBuf,
    http: reqwest::Client,
    pub url: String,
}

/// One mail in the outbox.
#[derive(Debug)]
pub struct Mail {
    pub to: String,
    /// The number of the ticket.
    pub ticket: String,
    pub text: String,
}

/// Why there is no Request Tracker to test with; none where there is one.
pub fn missing() -> Option<&'static str> {
    if !Path::new(PROGRAM).exists() {
        return Some("Request Tracker 5 is not installed (`cargo xtask setup --yes` does that on Debian)");
    }
    None
}

impl Server {
    /// Starts it, filled. The filled database is kept in `target`, so that the next start takes a second. `repository`: the
    /// root of the source.
    pub fn start(repository: &Path, target: &Path) -> Result<Self> {
        let script = repository.join("src-tauri/tests/rt/rt.sh");
        // In memory where there is room: three times as fast as most disks.
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let port = free_port()?;
        let folder = place.join(format!("muster-rt-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let http = reqwest::Client::builder().no_proxy().timeout(ANSWER).build()?;
        let server = Self { folder, script, http, url: format!("http://127.0.0.1:{port}") };
        let snapshot = target.join("rt").join(format!("{TICKETS}-{:08x}.tgz", server.recipe()?));
        let arguments = ["up", &server.path(), &port.to_string(), TICKETS, &snapshot.display().to_string()];
        server.script(&arguments)?;
        Ok(server)
    }

    /// The API key of a login.
    pub fn key(&self, login: &str) -> Result<String> {
        Ok(std::fs::read_to_string(self.folder.join(format!("{login}.token")))?.trim().to_owned())
    }

    /// Runs Perl inside RT; `$S` is its system user. Mails nothing.
    pub fn perl(&self, code: &str) -> Result<String> {
        self.script(&["perl", &self.path(), code])
    }

    /// Lets the customer of a ticket write.
    pub fn customer_writes(&self, ticket: &str, text: &str) -> Result<()> {
        let code = format!(
            "use MIME::Entity; my $t = RT::Ticket->new($S); $t->Load({ticket}); \
             my $who = RT::CurrentUser->new; $who->Load($t->Requestors->UserMembersObj->First->Id); \
             my $mine = RT::Ticket->new($who); $mine->Load({ticket}); \
             my ($ok, $message) = $mine->Correspond(MIMEObj => MIME::Entity->build(Type => 'text/plain', Data => ['{text}'])); \
             die $message unless $ok;"
        );
        self.perl(&code).map(drop)
    }

    /// Asks RT itself, as its administrator; `path` behind `/REST/2.0/`.
    pub async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Result<Value> {
        self.ask_as("root", path, query).await
    }

    /// Asks RT itself with somebody's key.
    pub async fn ask_as(&self, login: &str, path: &str, query: &[(&str, &str)]) -> Result<Value> {
        let request = self.http.get(format!("{}/REST/2.0/{path}", self.url)).query(query);
        let answer = request.header("Authorization", format!("token {}", self.key(login)?)).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(format!("RT answers {status} to {path}: {text}").into());
        }
        Ok(serde_json::from_str(&text)?)
    }

    /// How many tickets a TicketSQL query finds for a login.
    pub async fn count(&self, login: &str, query: &str) -> Result<u64> {
        let page = self.ask_as(login, "tickets", &[("query", query), ("per_page", "1")]).await?;
        page["total"].as_u64().ok_or_else(|| format!("RT counts nothing: {page}").into())
    }

    /// The numbers of the tickets that a TicketSQL query finds.
    pub async fn ids(&self, login: &str, query: &str) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for page in 1.. {
            let page = page.to_string();
            let query = [("query", query), ("per_page", "100"), ("orderby", "id"), ("page", &page)];
            let answer = self.ask_as(login, "tickets", &query).await?;
            let before = ids.len();
            let items = answer["items"].as_array().into_iter().flatten();
            ids.extend(items.filter_map(|ticket| ticket["id"].as_str().map(str::to_owned)));
            if ids.len() == before {
                break;
            }
        }
        Ok(ids)
    }

    /// One field of each of these tickets as it is now, in the order of asking.
    pub async fn field(&self, tickets: &[String], field: &str) -> Result<Vec<String>> {
        let mut found = std::collections::BTreeMap::new();
        for part in tickets.chunks(50) {
            let query = part.iter().map(|id| format!("id = {id}")).collect::<Vec<_>>().join(" OR ");
            let asked = [("query", query.as_str()), ("fields", field), ("per_page", "100")];
            let answer = self.ask("tickets", &asked).await?;
            for ticket in answer["items"].as_array().into_iter().flatten() {
                let value = &ticket[field];
                let text = value["id"].as_str().or_else(|| value.as_str()).map(str::to_owned);
                let id = ticket["id"].as_str().unwrap_or_default().to_owned();
                found.insert(id, text.unwrap_or_else(|| value.to_string()));
            }
        }
        let of =
            |id: &String| found.get(id).cloned().ok_or_else(|| format!("RT lists no ticket {id}").into());
        tickets.iter().map(of).collect()
    }

    /// The texts that went out to the customer of a ticket, as RT's own history has them.
    pub async fn correspondence(&self, ticket: &str) -> Result<Vec<String>> {
        self.texts(ticket, "Correspond").await
    }

    /// The texts of one kind (`Correspond`, `Comment`) on a ticket, as RT's own history has them.
    pub async fn texts(&self, ticket: &str, kind: &str) -> Result<Vec<String>> {
        let history =
            self.ask(&format!("ticket/{ticket}/history"), &[("per_page", "100"), ("fields", "Type")]).await?;
        let all = history["items"].as_array().into_iter().flatten();
        let ids: Vec<String> = all
            .filter(|entry| entry["Type"] == kind)
            .filter_map(|entry| entry["id"].as_str().map(str::to_owned))
            .collect();
        let parts = self
            .ask(
                &format!("ticket/{ticket}/attachments"),
                &[("per_page", "100"), ("fields", "Content,TransactionId,ContentType")],
            )
            .await?;
        let all = parts["items"].as_array().into_iter().flatten();
        let text = |part: &Value| part["Content"].as_str().unwrap_or_default().to_owned();
        Ok(all
            .filter(|part| ids.iter().any(|id| part["TransactionId"] == id.as_str()))
            .filter(|part| part["ContentType"] == "text/plain")
            .map(text)
            .collect())
    }

    /// Every mail that RT would have sent.
    pub fn outbox(&self) -> Result<Vec<Mail>> {
        let mut mails = Vec::new();
        for entry in std::fs::read_dir(self.folder.join("outbox"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "eml") {
                mails.push(mail(&String::from_utf8_lossy(&std::fs::read(path)?)));
            }
        }
        Ok(mails)
    }

    /// Makes each mail take 0.3 seconds, or not.
    pub fn set_slow(&self, slow: bool) -> Result<()> {
        let mark = self.folder.join("slow");
        if slow {
            std::fs::write(mark, "")?;
        } else {
            std::fs::remove_file(mark)?;
        }
        Ok(())
    }

    /// `kill -9` of every worker that answers; the master makes new ones. Says how many it was.
    pub fn kill_workers(&self) -> Result<usize> {
        let master: u32 = std::fs::read_to_string(self.folder.join("server.pid"))?.trim().parse()?;
        let workers = children(master)?;
        for worker in &workers {
            Command::new("kill").args(["-9", &worker.to_string()]).status()?;
        }
        Ok(workers.len())
    }

    fn path(&self) -> String {
        self.folder.display().to_string()
    }

    fn script(&self, arguments: &[&str]) -> Result<String> {
        let mut bash = Command::new("bash");
        bash.arg(&self.script).args(arguments);
        let output = bounded(bash, SCRIPT)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(format!("rt.sh {}: {}", arguments.first().unwrap_or(&""), complaint.trim()).into())
    }

    /// Changes whenever the way that the database is made does.
    fn recipe(&self) -> Result<u32> {
        let mut sum: u32 = 0;
        for file in ["rt.sh", "seed.pl"] {
            for byte in std::fs::read(self.script.with_file_name(file))? {
                sum = sum.wrapping_mul(16_777_619) ^ u32::from(byte);
            }
        }
        Ok(sum)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.script(&["down", &self.path()]);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Runs a program to its end; one that takes longer than that is killed, and named.
pub fn bounded(mut command: Command, patience: Duration) -> Result<Output> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let reader = |pipe: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                let _ = pipe.read_to_end(&mut bytes);
            }
            bytes
        })
    };
    let stdout = reader(child.stdout.take().map(|pipe| Box::new(pipe) as _));
    let stderr = reader(child.stderr.take().map(|pipe| Box::new(pipe) as _));
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if began.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Err(format!("{command:?} did not end within {} s", patience.as_secs()).into());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let all = |thread: std::thread::JoinHandle<Vec<u8>>| thread.join().map_err(|_| "a reader panicked");
    Ok(Output { status, stdout: all(stdout)?, stderr: all(stderr)? })
}

/// Direct children of a process.
fn children(parent: u32) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // `pid (name) state parent …`; it may be gone by now.
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let rest = stat.rsplit(')').next().unwrap_or_default();
        if rest.split_whitespace().nth(1).and_then(|word| word.parse().ok()) == Some(parent) {
            found.push(pid);
        }
    }
    Ok(found)
}

fn mail(source: &str) -> Mail {
    let (head, text) = source.split_once("\n\n").unwrap_or((source, ""));
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&name.to_lowercase()));
        line.and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let ticket = header("X-RT-Ticket").rsplit('#').next().unwrap_or_default().to_owned();
    Mail { to: header("To:").trim_start_matches("To:").trim().to_owned(), ticket, text: text.to_owned() }
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
