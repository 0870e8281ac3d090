//! A desk that is killed in the middle of a bulk call: every item is done or not done, and asking again leads to the same.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use muster_desk::{Args, run_cli};
use serde_json::{Value, json};

use super::{answer, client, text};

const DATA: &str = "MUSTER_DESK_TEST_DATA";
/// When it is killed after the call left, in milliseconds: from before its work to after its end.
const MOMENTS: [u64; 6] = [2, 15, 40, 80, 140, 220];

/// Not a test: the process that the test below starts, and kills.
#[tokio::test]
#[ignore = "is started by the test below, as a process of its own"]
async fn a_desk_in_a_process() {
    let Some(data) = std::env::var_os(DATA) else { return };
    run_cli(Args {
        fernand: muster_desk::FernandSpec::default(),
        listen: "127.0.0.1:0".to_owned(),
        data: Some(data.into()),
        seed: 1,
        conversations: 600,
        mbox: None,
        live: false,
        test_clock: false,
        faults: String::new(),
    })
    .await;
}

/// A desk as a process of its own.
struct Process {
    child: Child,
    url: String,
    key: String,
}

impl Process {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::a_desk_in_a_process", "--ignored", "--nocapture"])
            .env(DATA, data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let said: Value = loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).unwrap() > 0, "the desk did not start");
            // What the test runner says may stand before it on the line.
            if let Some(said) = line.find('{').and_then(|at| serde_json::from_str(&line[at..]).ok()) {
                break said;
            }
        };
        // Somebody must go on reading.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Self { child, url: text(&said["url"]), key: text(&said["api_key"]) }
    }

    async fn ask(&self, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}{path}", self.url);
        let request = match body {
            Some(body) => client().post(url).json(body),
            None => client().get(url),
        };
        answer(request.bearer_auth(&self.key).send().await.unwrap(), 200).await
    }

    async fn rows(&self) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut page = self.ask("/api/changes", None).await;
        loop {
            rows.extend(page["conversations"].as_array().unwrap().clone());
            if page["more"] == false {
                return rows;
            }
            page = self.ask(&format!("/api/changes?cursor={}", text(&page["cursor"])), None).await;
        }
    }

    /// Sends a call and kills the desk a moment later, whether it has answered or not.
    async fn kill_during(mut self, path: &str, body: &Value, moment: u64) {
        let call = client().post(format!("{}{path}", self.url)).bearer_auth(&self.key).json(body).send();
        let answered = async {
            let _ = call.await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(moment)) => {}
            () = answered => {}
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn killed_in_the_middle_of_a_bulk_every_item_is_done_or_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Process::start(folder.path());
    let open = |row: &&Value| row["status"] == "active" && row["channel"] == "email";
    let ids: Vec<String> =
        desk.rows().await.iter().filter(open).map(|row| text(&row["id"])).take(250).collect();
    assert!(ids.len() > 150, "{}", ids.len());
    drop(desk);
    for (round, moment) in MOMENTS.into_iter().enumerate() {
        let tag = format!("round-{round}");
        let (before, after) = if round % 2 == 0 { ("active", "done") } else { ("done", "active") };
        let change = json!({ "ids": ids, "change": { "status": after, "add_tags": [tag] } });
        Process::start(folder.path()).kill_during("/api/conversations/bulk", &change, moment).await;

        let desk = Process::start(folder.path());
        for row in desk.rows().await.iter().filter(|row| ids.contains(&text(&row["id"]))) {
            // The whole change or nothing of it.
            let tagged = row["tags"].as_array().unwrap().contains(&json!(tag));
            assert_eq!(row["status"], if tagged { after } else { before }, "{row}");
        }
        let results = desk.ask("/api/conversations/bulk", Some(&change)).await;
        assert!(results["results"].as_array().unwrap().iter().all(|one| one["outcome"] == "applied"));

        let words = format!("Part {round}");
        let replies: Vec<_> = (0..)
            .zip(&ids)
            .map(|(n, id)| json!({ "id": id, "text": words, "client_ref": format!("{round}/{n}") }))
            .collect();
        let reply = json!({ "replies": replies });
        desk.kill_during("/api/conversations/bulk/reply", &reply, moment).await;

        // Asked again with the same references, each customer has it once.
        let desk = Process::start(folder.path());
        let results = desk.ask("/api/conversations/bulk/reply", Some(&reply)).await;
        assert!(results["results"].as_array().unwrap().iter().all(|one| one["outcome"] == "applied"));
        for id in ids.iter().step_by(40) {
            let thread = desk.ask(&format!("/api/conversations/{id}"), None).await;
            let messages = thread["messages"].as_array().unwrap();
            let copies = messages.iter().filter(|entry| entry["text"] == words.as_str()).count();
            let visible = messages.iter().filter(|entry| entry["kind"] == "message").count();
            assert_eq!((copies, &json!(visible)), (1, &thread["conversation"]["message_count"]), "{id}");
        }
    }
}
