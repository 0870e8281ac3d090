//! `musterctl` with an account of Fernand's kind, on a desk process that speaks its dialect: sync, filter, bulk, mass
//! reply. The desk's own tongue is the referee.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

struct Desk {
    process: Child,
    url: String,
    key: String,
}

impl Desk {
    fn start(fernand: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_musterctl"))
            .args(["desk", "--conversations", "400", "--fernand", fernand])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Self { process, url: text("url"), key: text("api_key") }
    }

    async fn get(&self, path: &str) -> Value {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request =
            client.get(format!("{}{path}", self.url)).bearer_auth(&self.key).header("x-api-key", &self.key);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn count(&self, query: &str) -> u64 {
        self.get(&format!("/api/conversations?count_only=true&{query}")).await["count"].as_u64().unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn musterctl(data: &Path, key: &str, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_musterctl"))
        .args(["--json", "--key-env", "FERNAND_KEY"])
        .args(arguments)
        .env("FERNAND_KEY", key)
        .env("MUSTER_DATA_DIR", data)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "musterctl {}: {complaint}{text}", arguments.join(" "));
    let last = || serde_json::from_str(text.lines().last().unwrap_or_default());
    serde_json::from_str(&text).or_else(|_| last()).unwrap_or_default()
}

#[tokio::test]
async fn sync_filter_bulk_and_mass_reply() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let desk = Desk::start("reads=100000,writes=100000");
    let folder = tempfile::tempdir().unwrap();
    let ctl = |arguments: &[&str]| musterctl(folder.path(), &desk.key, arguments);
    let counted = |filter: &str| ctl(&["count", "f", filter])["count"].as_u64().unwrap();
    let url = format!("{}/fernand", desk.url);
    ctl(&["account", "add", "f", "--kind", "fernand", "--url", &url]);
    ctl(&["sync", "f"]);
    assert_eq!(counted(""), desk.count("").await);
    assert_eq!(counted("is:active"), desk.count("status=active").await);
    assert_eq!(
        counted("is:active tag:payment-issue-2026-05"),
        desk.count("status=active&tag=payment-issue-2026-05").await
    );
    assert_eq!(counted("unassigned"), desk.count("agent=none").await);

    let open = desk.count("status=active&tag=payment-issue-2026-05&channel=email").await;
    let text = folder.path().join("reply.txt");
    std::fs::write(&text, "Hello {{customer_first_name|there}},\n\nour payments work again.").unwrap();
    let filter = "is:active tag:payment-issue-2026-05 channel:email";
    let job =
        ctl(&["bulk", "f", filter, "--reply-file", text.to_str().unwrap(), "--status", "done", "--yes"]);
    let sent = job["counts"]["applied"].as_u64().unwrap();
    assert!(sent > 0 && sent <= open, "{job}");
    assert_eq!(job["state"], "completed", "{job}");
    let query = "/api/conversations?status=done&tag=payment-issue-2026-05&channel=email&limit=500";
    let (mut once, mut copies) = (0, 0);
    for row in desk.get(query).await["conversations"].as_array().unwrap() {
        let thread = desk.get(&format!("/api/conversations/{}", row["id"].as_str().unwrap())).await;
        let ours = thread["messages"].as_array().unwrap().iter().filter(|message| {
            message["text"].as_str().is_some_and(|text| text.ends_with("our payments work again."))
        });
        let ours = ours.count() as u64;
        (once, copies) = (once + u64::from(ours > 0), copies + ours);
    }
    assert_eq!((once, copies), (sent, sent), "one reply each, and Done with it");

    let snoozed = desk.count("status=snoozed").await;
    let job =
        ctl(&["bulk", "f", "is:snoozed", "--status", "active", "--unassign", "--tag", "one,two", "--yes"]);
    assert_eq!(job["counts"]["applied"], snoozed, "{job}");
    assert_eq!(desk.count("status=active&tag=one&tag=two&agent=none").await, snoozed);
    assert_eq!(counted("is:active tag:one tag:two unassigned"), snoozed);

    let calls: BTreeMap<String, u64> = serde_json::from_value(desk.get("/fernand/_calls").await).unwrap();
    assert_eq!(calls.get("429"), None);
    assert_eq!(calls["POST /conversations/{id}/reply"], sent);
    // Done after the replies; status, agent and the first tag; the second tag.
    assert_eq!(calls["POST /conversations/bulk"], 3, "{calls:?}");
}
