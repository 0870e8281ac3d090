//! One change on many: results per conversation, archived as the end, waking and reopening.

use std::time::Duration;

use serde_json::json;

use super::{COLLEAGUE, Desk, text};

#[tokio::test]
async fn each_conversation_has_its_own_result_in_order() {
    let desk = Desk::start().await;
    let active = desk.one("status=active&team=billing&agent=none").await;
    let archived = desk.one("status=archived").await;
    let seq = desk.conversation(&archived).await["seq"].clone();
    let change = json!({ "agent": COLLEAGUE, "team": null, "add_tags": ["callback", "brand new"], "priority": "urgent" });
    let results = desk.change(&[&archived, &active, "c-77", "nonsense"], change.clone()).await;
    let outcomes: Vec<_> =
        results.iter().map(|one| (text(&one["outcome"]), one["reason"]["code"].clone())).collect();
    assert_eq!(
        outcomes,
        [
            ("rejected".to_owned(), json!("archived")),
            ("applied".to_owned(), json!(null)),
            ("rejected".to_owned(), json!("not_found")),
            ("rejected".to_owned(), json!("not_found")),
        ]
    );
    assert_eq!((&results[0]["seq"], &results[2]["seq"]), (&seq, &json!(null)));
    let row = desk.conversation(&active).await;
    assert_eq!(row["assignee"], json!({ "agent": COLLEAGUE, "team": null }));
    assert_eq!((&row["priority"], &row["seq"]), (&json!("urgent"), &results[1]["seq"]));
    assert!(row["tags"].as_array().unwrap().contains(&json!("brand new")));
    let events = desk.messages(&active).await;
    let said: Vec<_> = events.iter().rev().take(4).map(|event| text(&event["text"])).collect();
    assert!(said.contains(&"Assigned to Jonas Feld".to_owned()), "{said:?}");
    assert_eq!(events.last().unwrap()["author_handle"], "mira@brindlewick.example");

    // By value: a second time changes nothing, and says that it is so.
    let again = desk.change(&[&active], change).await;
    assert_eq!((&again[0]["outcome"], &again[0]["seq"]), (&json!("applied"), &results[1]["seq"]));
    assert_eq!(desk.messages(&active).await.len(), events.len());

    desk.change(&[&active], json!({ "remove_all_tags": true, "add_tags": ["VIP"], "agent": null })).await;
    let row = desk.conversation(&active).await;
    assert_eq!((&row["tags"], &row["assignee"]["agent"]), (&json!(["vip"]), &json!(null)));
}

#[tokio::test]
async fn five_hundred_are_one_call() {
    let desk = Desk::start().await;
    let ids = desk.ids("").await;
    let ids: Vec<&str> = ids.iter().map(String::as_str).cycle().take(500).collect();
    let results = desk.change(&ids, json!({ "add_tags": ["swept"] })).await;
    assert_eq!(results.len(), 500);
    let archived = desk.count("status=archived").await;
    assert_eq!(desk.count("tag=swept").await, 300 - archived);
    let ids: Vec<&str> = ids.iter().copied().cycle().take(501).collect();
    let refused = desk.post_for(413, "/api/conversations/bulk", &json!({ "ids": ids, "change": {} })).await;
    assert_eq!(refused["error"]["code"], "too_many");
}

#[tokio::test]
async fn what_makes_no_sense_changes_nothing() {
    let desk = Desk::start().await;
    let id = desk.one("status=active").await;
    let before = desk.conversation(&id).await;
    for (change, code, field) in [
        (json!({ "agent": "nobody@x.example" }), "unknown_agent", "change.agent"),
        (json!({ "team": "choir" }), "unknown_team", "change.team"),
        (json!({ "status": "open" }), "invalid", "change.status"),
        (json!({ "status": "done", "snoozed_until": "2026-05-21T09:00:00Z" }), "invalid", "change.status"),
        (json!({ "priority": "huge" }), "invalid", "change.priority"),
        (json!({ "add_tags": ["x".repeat(51)] }), "invalid", "change.add_tags"),
    ] {
        let body = json!({ "ids": [id], "change": change });
        let refused = desk.post_for(422, "/api/conversations/bulk", &body).await;
        assert_eq!((&refused["error"]["code"], &refused["error"]["field"]), (&json!(code), &json!(field)));
    }
    let unknown = json!({ "ids": [id], "change": { "mood": "good" } });
    assert_eq!(desk.post_for(422, "/api/conversations/bulk", &unknown).await["error"]["code"], "invalid");
    let request =
        desk.http.post(desk.url("/api/conversations/bulk")).header("content-type", "application/json");
    let broken = desk.as_agent(request.body("{")).send().await.unwrap();
    assert_eq!(super::answer(broken, 400).await["error"]["code"], "bad_json");
    assert_eq!(desk.conversation(&id).await, before);
}

#[tokio::test]
async fn archived_is_the_end() {
    let desk = Desk::start().await;
    let id = desk.one("status=done&channel=email").await;
    desk.change(&[&id], json!({ "status": "archived" })).await;
    for change in [
        json!({ "status": "active" }),
        json!({ "add_tags": ["x"] }),
        json!({ "status": "archived", "priority": "low" }),
    ] {
        assert_eq!(desk.change(&[&id], change).await[0]["reason"]["code"], "archived");
    }
    assert_eq!(desk.change(&[&id], json!({ "status": "archived" })).await[0]["outcome"], "applied");
    let replied =
        desk.reply(json!({ "replies": [{ "id": id, "text": "Hello", "client_ref": "r/0" }] })).await;
    assert_eq!(replied[0]["reason"]["code"], "archived");
    // Who writes once more opens another one.
    let before = desk.conversation(&id).await;
    let written = desk.customer_writes(&id, "Hello?").await;
    assert_eq!(desk.conversation(&id).await, before);
    let opened = desk.conversation(&text(&written["id"])).await;
    assert_eq!((&opened["status"], &opened["preview"]["text"]), (&json!("active"), &json!("Hello?")));
    assert_eq!(opened["contact"]["id"], before["contact"]["id"]);
}

#[tokio::test]
async fn a_customer_reopens_what_is_done_or_snoozed() {
    let desk = Desk::start().await;
    for (query, after) in [
        ("status=done", "active"),
        ("status=snoozed", "active"),
        ("status=active", "active"),
        ("status=spam", "spam"),
    ] {
        let id = desk.one(&format!("{query}&channel=email")).await;
        desk.later(60);
        let written = desk.customer_writes(&id, "It is still broken.").await;
        let row = desk.conversation(&id).await;
        assert_eq!((&row["status"], &row["engagement"]), (&json!(after), &json!("pending")), "{query}");
        assert_eq!((&row["snoozed_until"], &row["seq"]), (&json!(null), &written["seq"]));
        assert_eq!(row["last_inbound"], row["updated"]);
    }
    let new = json!({ "new": { "name": "Zoë", "channel": "chat", "subject": "Hello" }, "text": "Is anybody there?" });
    let written = desk.post("/api/_simulate/customer_message", &new).await;
    let row = desk.conversation(&text(&written["id"])).await;
    assert_eq!((&row["contact"]["name"], &row["message_count"]), (&json!("Zoë"), &json!(1)));
}

#[tokio::test]
async fn a_snooze_ends() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let change = json!({ "status": "snoozed", "snoozed_until": "2026-05-20T15:30:00+00:00" });
    desk.change(&[&id], change).await;
    let row = desk.conversation(&id).await;
    assert_eq!(
        (&row["status"], &row["snoozed_until"]),
        (&json!("snoozed"), &json!("2026-05-20T15:30:00.000Z"))
    );
    desk.later(3_600);
    while desk.conversation(&id).await["status"] == "snoozed" {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(desk.conversation(&id).await["status"], "active");
}

#[tokio::test]
async fn a_viewer_may_look_and_follow() {
    let desk = Desk::start().await;
    let id = desk.one("status=active").await;
    let reply = json!({ "replies": [{ "id": id, "text": "Hello", "client_ref": "r/0" }] });
    for (path, body) in [
        ("/api/conversations/bulk".to_owned(), json!({ "ids": [id], "change": { "status": "done" } })),
        ("/api/conversations/bulk/reply".to_owned(), reply),
        (format!("/api/conversations/{id}/notes"), json!({ "text": "Hm." })),
    ] {
        let (status, refused) = desk.post_as_viewer(&path, &body).await;
        assert_eq!((status, &refused["error"]["code"]), (403, &json!("not_permitted")), "{path}");
    }
    assert_eq!(desk.conversation(&id).await["status"], "active");
    let (status, followed) =
        desk.post_as_viewer(&format!("/api/conversations/{id}/follow"), &json!({ "on": true })).await;
    assert_eq!((status, &followed["outcome"]), (200, &json!("applied")));
    assert!(desk.conversation(&id).await["followers"].as_array().unwrap().contains(&json!(COLLEAGUE)));
}

#[tokio::test]
async fn following_and_notes() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email&follower=mira@brindlewick.example").await;
    let off = desk.post(&format!("/api/conversations/{id}/follow"), &json!({ "on": false })).await;
    let again = desk.post(&format!("/api/conversations/{id}/follow"), &json!({ "on": false })).await;
    assert_eq!(off["seq"], again["seq"]);
    let engagement = desk.conversation(&id).await["engagement"].clone();
    let note = json!({ "text": "Ask Aiko first.", "client_ref": "n/0" });
    let first = desk.post(&format!("/api/conversations/{id}/notes"), &note).await;
    let second = desk.post(&format!("/api/conversations/{id}/notes"), &note).await;
    assert_eq!((&first["duplicate"], &second["duplicate"]), (&json!(false), &json!(true)));
    assert_eq!(first["message_id"], second["message_id"]);
    let row = desk.conversation(&id).await;
    assert_eq!(
        (
            &row["engagement"],
            &row["followers"].as_array().unwrap().contains(&json!("mira@brindlewick.example"))
        ),
        (&engagement, &false)
    );
}
