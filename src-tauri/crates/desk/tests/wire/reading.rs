//! Who is asked, what is told, and that it is still there after a restart.

use std::collections::BTreeSet;

use muster_desk::{DeskError, Options, Source, serve};
use serde_json::json;

use super::{Desk, answer, text};

#[tokio::test]
async fn health_needs_no_key_and_everything_else_does() {
    let desk = Desk::start().await;
    let health = answer(desk.http.get(desk.url("/api/health")).send().await.unwrap(), 200).await;
    assert_eq!(health, json!({ "name": "muster-desk", "version": env!("CARGO_PKG_VERSION") }));
    for path in ["/api/me", "/api/events", "/api/conversations", "/api/nothing"] {
        let refused = answer(desk.http.get(desk.url(path)).send().await.unwrap(), 401).await;
        assert_eq!(refused["error"]["code"], "bad_key");
    }
    let wrong = desk.http.get(desk.url("/api/me")).bearer_auth("desk_agent_0").send().await.unwrap();
    answer(wrong, 401).await;
    let nothing = desk.as_agent(desk.http.get(desk.url("/api/nothing"))).send().await.unwrap();
    assert_eq!(answer(nothing, 404).await["error"]["code"], "no_such_path");
    let method = desk.as_agent(desk.http.delete(desk.url("/api/me"))).send().await.unwrap();
    assert_eq!(answer(method, 405).await["error"]["code"], "bad_method");
}

#[tokio::test]
async fn me_and_the_directory() {
    let desk = Desk::start().await;
    let me = desk.get("/api/me").await;
    assert_eq!(me["agent"]["name"], "Mira Okafor");
    let all = [
        "reply", "change", "note", "follow", "block", "delete", "merge", "ticket", "draft", "view", "snippet",
    ];
    assert!(all.iter().all(|word| me["agent"]["permissions"][word] == true));
    assert_eq!(
        (&me["tenant"], &me["server_time"]),
        (&json!("Brindlewick Goods"), &json!("2026-05-20T14:30:00.000Z"))
    );
    assert_eq!(me["capabilities"]["idempotent_replies"], true);
    let viewer =
        desk.http.get(desk.url("/api/me")).bearer_auth(&desk.running.keys.viewer).send().await.unwrap();
    assert!(viewer.headers().contains_key("x-ratelimit-remaining"));
    let viewer = answer(viewer, 200).await;
    assert_eq!(
        (&viewer["agent"]["role"], &viewer["agent"]["permissions"]["reply"]),
        (&json!("viewer"), &json!(false))
    );

    let directory = desk.get("/api/directory").await;
    assert_eq!(directory["agents"].as_array().unwrap().len(), 14);
    assert_eq!(directory["agents"][0]["team_ids"], json!(["t-1", "t-2"]));
    assert_eq!(directory["teams"][1], json!({ "id": "t-2", "handle": "billing", "name": "Billing" }));
    assert_eq!(directory["tags"].as_array().unwrap().len(), 60);
    assert_eq!(directory["conversations"], 300);
    let snippets = directory["snippets"].as_array().unwrap();
    let shortcuts: Vec<_> = snippets.iter().map(|snippet| text(&snippet["shortcut"])).collect();
    assert!(shortcuts.len() >= 8 && shortcuts.is_sorted(), "{shortcuts:?}");
    let refunds = shortcuts.iter().filter(|shortcut| shortcut.starts_with("refund-"));
    assert_eq!(refunds.collect::<Vec<_>>(), ["refund-declined", "refund-partial", "refund-timing"]);
    assert!(snippets.iter().all(|snippet| text(&snippet["text"]).contains("{{")));
}

#[tokio::test]
async fn a_thread_with_its_files() {
    let desk = Desk::start().await;
    let id = desk.one("tag=payment-issue-2026-05&agent=mira@brindlewick.example&channel=email").await;
    let thread = desk.get(&format!("/api/conversations/{id}")).await;
    let row = &thread["conversation"];
    assert_eq!(
        (&row["subject"], &row["contact"]["name"]),
        (&json!("Charged twice for order 48213"), &json!("Marta Wiśniewska"))
    );
    assert_eq!(
        (&row["engagement"], &row["waiting_since"]),
        (&json!("pending"), &json!("2026-05-20T14:28:00.000Z"))
    );
    assert_eq!(
        (&row["message_count"], &row["has_attachment"], &row["reply_window"]),
        (&json!(5), &json!(true), &json!(null))
    );
    let messages = thread["messages"].as_array().unwrap();
    let kinds: Vec<_> = messages.iter().map(|message| text(&message["kind"])).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "message").count(), 5);
    assert!(kinds.contains(&"note".to_owned()) && kinds.contains(&"event".to_owned()));

    let file = &messages.last().unwrap()["attachments"][0];
    let path = format!("/api/attachments/{}", text(&file["id"]));
    let response = desk.as_agent(desk.http.get(desk.url(&path))).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "image/png");
    assert!(response.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let bytes = response.bytes().await.unwrap();
    assert_eq!(json!(bytes.len()), file["size"]);
    assert!(bytes.starts_with(b"\x89PNG"));

    let after = text(&messages[messages.len() - 3]["id"]);
    let rest = desk.get(&format!("/api/conversations/{id}/messages?after={after}")).await;
    assert_eq!(rest["messages"].as_array().unwrap().len(), 2);
    let missing = desk.as_agent(desk.http.get(desk.url("/api/conversations/c-1"))).send().await.unwrap();
    assert_eq!(answer(missing, 404).await["error"]["code"], "not_found");
}

#[tokio::test]
async fn segments_add_up() {
    let desk = Desk::start().await;
    let mut sum = 0;
    for status in ["active", "snoozed", "done", "archived", "spam"] {
        sum += desk.count(&format!("status={status}")).await;
    }
    assert_eq!(sum, 300);
    let incident = "tag=payment-issue-2026-05";
    let all = desk.count(incident).await;
    let parts = desk.count(&format!("{incident}&window=open")).await
        + desk.count(&format!("{incident}&window=closed")).await
        + desk.count(&format!("{incident}&channel=voice")).await;
    assert_eq!(all, parts);
    assert!(desk.count(&format!("{incident}&window=closed")).await > 0);
    assert!(desk.count("agent=none&team=none&status=active").await > 0);

    let mut after = String::new();
    let mut seen = BTreeSet::new();
    loop {
        let page = desk.get(&format!("/api/conversations?limit=70&after={after}")).await;
        seen.extend(page["conversations"].as_array().unwrap().iter().map(|row| text(&row["id"])));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(seen.len(), 300);
    let wrong = desk.as_agent(desk.http.get(desk.url("/api/conversations?colour=red"))).send().await.unwrap();
    assert_eq!(answer(wrong, 422).await["error"]["code"], "invalid");
}

#[tokio::test]
async fn the_same_folder_is_the_same_desk() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::at(folder.path()).await;
    let (keys, before) = (desk.running.keys.clone(), desk.get("/api/changes?limit=5").await);
    let id = desk.one("status=active&channel=email").await;
    desk.change(&[&id], json!({ "status": "done" })).await;
    desk.running.stop().await;

    let desk = Desk::at(folder.path()).await;
    assert_eq!(desk.running.keys, keys);
    assert_eq!(desk.conversation(&id).await["status"], "done");
    let next = desk.get(&format!("/api/changes?limit=5&cursor={}", text(&before["cursor"]))).await;
    assert_eq!(next["conversations"].as_array().unwrap().len(), 5);

    let stranger = Desk::start().await;
    assert_ne!(stranger.running.keys, keys);
    let cursor = format!("/api/changes?cursor={}", text(&before["cursor"]));
    let refused = stranger.as_agent(stranger.http.get(stranger.url(&cursor))).send().await.unwrap();
    assert_eq!(answer(refused, 409).await["error"]["code"], "cursor_gone");
}

#[tokio::test]
async fn a_mail_archive_can_be_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.mbox");
    let archive = "From a Mon May  4 10:00:00 2026\nFrom: Ada <ada@example.org>\nDate: Mon, 4 May 2026 10:00:00 +0000\n\
                   Message-ID: <1@x.example>\n\nHello\n\n\
                   From b Mon May  4 11:00:00 2026\nFrom: Bert <bert@example.org>\nDate: Mon, 4 May 2026 11:00:00 +0000\n\
                   Message-ID: <2@x.example>\nReferences: <1@x.example>\n\nGood day\n\n";
    std::fs::write(&path, archive).unwrap();
    let desk = Desk::with(|options| options.source = Source::Mbox(path)).await;
    assert_eq!((desk.running.me.as_str(), desk.running.left_out.len()), ("bert@example.org", 0));
    let id = desk.one("status=active").await;
    let sent =
        desk.reply(json!({ "replies": [{ "id": id, "text": "And to you", "client_ref": "r/0" }] })).await;
    assert_eq!(sent[0]["outcome"], "applied");
    assert_eq!(desk.messages(&id).await.len(), 3);
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let taken = Desk::start().await;
    let listen = taken.running.url.trim_start_matches("http://").to_owned();
    let refused = serve(Options { listen, ..Options::default() }).await;
    assert!(matches!(refused, Err(DeskError::Listen { .. })));
    let source = Source::Mbox("/nowhere/mail.mbox".into());
    assert!(matches!(serve(Options { source, ..Options::default() }).await, Err(DeskError::Mbox { .. })));
}
