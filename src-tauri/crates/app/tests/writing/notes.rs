//! One note: it waits where it can be seen, is taken back, and reaches the team with those whom it calls.

use muster_app::ErrorCode;
use muster_app::wire::{AccountRef, AttachFile, DraftRef, JobRef, NoteRequest};
use serde_json::{Value, json};

use crate::bench::Bench;

impl Bench {
    fn a_note(&self, id: &str, text: &str) -> NoteRequest {
        NoteRequest {
            account: self.account.clone(),
            id: id.to_owned(),
            text: text.to_owned(),
            files: Vec::new(),
            hold: None,
        }
    }

    async fn note_draft(&self, id: &str) -> Option<String> {
        let named = DraftRef { kind: "note".to_owned(), ..self.named(id) };
        self.app.draft(named).await.unwrap().draft.map(|draft| draft.text)
    }
}

#[tokio::test]
async fn a_note_is_pending_then_taken_back_then_there() {
    let bench = Bench::start().await;
    let id = bench.ids("status=active&channel=email").await.remove(0);
    bench.messages(&id).await;
    let text = "@Jonas the second capture shows up here too. @Aiko Tan, see <today>";
    bench.save(&id, "reply", "Dear Marta", &[]).await.unwrap();
    bench.save(&id, "note", "@Jonas the second", &[]).await.unwrap();

    let job = bench.app.note(NoteRequest { hold: Some(600), ..bench.a_note(&id, text) }).await.unwrap();
    assert_eq!((job.state.as_str(), job.kind.as_str(), job.title.as_str()), ("holding", "note", "Note"));
    assert_eq!(bench.note_draft(&id).await, None, "the job has it");
    let shown = bench.messages(&id).await.pop().unwrap();
    assert_eq!((shown.kind.as_str(), shown.delivery.as_deref()), ("note", Some("pending")));
    assert_eq!(shown.text, text);
    let called = ["jonas@brindlewick.example".to_owned(), "aiko@brindlewick.example".to_owned()];
    assert_eq!(shown.mentions, called);
    let outbox = bench.app.outbox(AccountRef { account: bench.account.clone() }).await.unwrap();
    assert_eq!((outbox.total, outbox.items[0].text.as_str()), (1, text));

    let job = JobRef { account: bench.account.clone(), job: job.id };
    let stopped = bench.app.cancel_job(job).await.unwrap();
    assert_eq!((stopped.conversation, stopped.draft.as_deref()), (Some(id.clone()), Some("note")));
    assert_eq!(bench.note_draft(&id).await.as_deref(), Some(text));
    assert_eq!(bench.draft(&id).await.unwrap().text, "Dear Marta", "the reply's draft is another");
    assert!(bench.sent(&id).await.is_empty());

    // Whoever wrote since the draft was begun: no customer reads it.
    bench.customer_writes(&id, "Any news?").await;
    let before = bench.get(&format!("/api/conversations/{id}")).await;
    bench.app.note(NoteRequest { hold: Some(0), ..bench.a_note(&id, text) }).await.unwrap();
    bench.until("it arrived", async || !bench.sent(&id).await.is_empty()).await;
    let sent = bench.sent(&id).await;
    assert_eq!(
        (sent.len(), &sent[0]["kind"], &sent[0]["text"]),
        (1, &json!("note"), &json!(text)),
        "untouched"
    );
    let by_name: Vec<Value> = called.iter().map(|handle| json!(handle)).collect();
    assert_eq!(sent[0]["mentions"], Value::Array(by_name));
    let after = bench.get(&format!("/api/conversations/{id}")).await;
    assert_eq!(after["conversation"]["engagement"], before["conversation"]["engagement"]);
    bench
        .until("the thread has the help desk's own", async || {
            let messages = bench.messages(&id).await;
            let notes = messages.iter().filter(|message| message.text == text);
            notes.map(|message| message.delivery.clone()).collect::<Vec<_>>() == [None]
        })
        .await;
    bench.stop().await;
}

#[tokio::test]
async fn a_note_takes_files_along_and_calls_a_team() {
    let bench = Bench::start().await;
    let id = bench.ids("status=active&channel=sms").await.remove(0);
    bench.messages(&id).await;
    let state = bench.app.account_state(AccountRef { account: bench.account.clone() }).await.unwrap();
    assert!(state.can.note_files);
    let team = state.directory.teams.iter().find(|team| team.members > 1).expect("a team with people in it");
    let bytes = AttachFile {
        account: bench.account.clone(),
        name: "capture.txt".to_owned(),
        mime: "text/plain".to_owned(),
        data: "cmVmIDQ4MjEz".to_owned(),
    };
    let file = bench.app.attach_file(bytes).await.unwrap();
    let text = format!("@{}, the capture is attached.", team.name);
    let request = NoteRequest { files: vec![file.id.clone()], ..bench.a_note(&id, &text) };

    // Held and taken back, it is a draft again, with its file.
    let job = bench.app.note(NoteRequest { hold: Some(600), ..request.clone() }).await.unwrap();
    let shown = bench.messages(&id).await.pop().unwrap();
    assert_eq!((shown.delivery.as_deref(), shown.mentions.len()), (Some("pending"), team.members as usize));
    let job = JobRef { account: bench.account.clone(), job: job.id };
    bench.app.cancel_job(job).await.unwrap();
    let named = DraftRef { kind: "note".to_owned(), ..bench.named(&id) };
    let draft = bench.app.draft(named).await.unwrap().draft.unwrap();
    assert_eq!((draft.text.as_str(), draft.files.len()), (text.as_str(), 1));
    assert_eq!(draft.files[0].id, file.id);

    let job = bench.app.note(NoteRequest { hold: Some(0), ..request }).await.unwrap();
    let job = JobRef { account: bench.account.clone(), job: job.id };
    let does = bench.app.job(job).await.unwrap();
    assert!(
        does.does.iter().filter(|line| **line == format!("Calls {}", team.name)).count() == 1,
        "{:?}",
        does.does
    );
    bench.until("it arrived", async || !bench.sent(&id).await.is_empty()).await;
    let sent = bench.sent(&id).await;
    assert_eq!((&sent[0]["kind"], &sent[0]["text"]), (&json!("note"), &json!(text)));
    let files = sent[0]["attachments"].as_array().unwrap();
    assert_eq!((files.len(), &files[0]["name"], &files[0]["size"]), (1, &json!("capture.txt"), &json!(9)));
    assert_eq!(sent[0]["mentions"].as_array().unwrap().len(), team.members as usize);
    bench.stop().await;
}

#[tokio::test]
async fn what_cannot_be_noted_says_why_and_keeps_the_draft() {
    let bench = Bench::start().await;
    let id = bench.ids("status=archived").await.remove(0);
    let empty = bench.app.note(bench.a_note(&id, " \n")).await.unwrap_err();
    assert_eq!(empty.code, ErrorCode::BadInput);
    let refused = bench.app.note(bench.a_note(&id, "Too late")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::BadInput, "{}", refused.message);
    assert_eq!(bench.note_draft(&id).await.as_deref(), Some("Too late"));
    let state = bench.app.account_state(AccountRef { account: bench.account.clone() }).await.unwrap();
    assert!(state.can.notes && state.me.unwrap().may_note);
    bench.stop().await;
}
