//! Replies: once per reference, by the rules of each channel, with what rides on them.

use serde_json::{Value, json};

use super::{COLLEAGUE, Desk, text};

fn sent(messages: &[Value], text: &str) -> usize {
    messages.iter().filter(|message| message["kind"] == "message" && message["text"] == text).count()
}

#[tokio::test]
async fn a_mass_reply_by_the_rules_of_each_channel() {
    let desk = Desk::start().await;
    let incident = "status=active&tag=payment-issue-2026-05";
    let ids = desk.ids(incident).await;
    let blocked = desk.count(&format!("{incident}&channel=voice")).await;
    let closed = desk.count(&format!("{incident}&window=closed")).await;
    assert!(blocked > 0 && closed > 0);
    let replies: Vec<_> = (0..)
        .zip(&ids)
        .map(
            |(number, id)| json!({ "id": id, "text": "We are back.", "client_ref": format!("job/{number}") }),
        )
        .collect();
    desk.later(60);
    let body = json!({ "replies": replies, "status": "done", "mass": true, "name": "Payments are back" });
    let results = desk.reply(body.clone()).await;
    let outcome = |word: &str| results.iter().filter(|one| one["outcome"] == word).count() as i64;
    assert_eq!((outcome("skipped"), outcome("rejected")), (blocked, closed));
    assert_eq!(outcome("applied"), ids.len() as i64 - blocked - closed);

    for (id, result) in ids.iter().zip(&results) {
        assert_eq!(*id, text(&result["id"]));
        let (row, messages) = (desk.conversation(id).await, desk.messages(id).await);
        match result["reason"]["code"].as_str() {
            None => {
                assert_eq!(sent(&messages, "We are back."), 1);
                assert_eq!((&row["status"], &row["engagement"]), (&json!("done"), &json!("engaged")));
                assert_eq!((&row["waiting_since"], &row["seq"]), (&json!(null), &result["seq"]));
                assert_eq!(result["status"], json!({ "outcome": "applied", "reason": null }));
                let note = messages.iter().filter(|message| {
                    message["kind"] == "event"
                        && text(&message["text"]).contains("mass reply “Payments are back”")
                });
                assert_eq!(note.count(), 1);
                let message = messages.iter().find(|message| message["id"] == result["message_id"]).unwrap();
                assert_eq!(
                    (&message["mass_reply"], &message["client_ref"]),
                    (&json!(true), &result["client_ref"])
                );
                assert_ne!(message["delivery"]["state"], "failed");
            }
            Some("voice") => {
                assert_eq!(sent(&messages, "We are back."), 0);
                assert_eq!((&row["status"], &result["status"]), (&json!("active"), &json!(null)));
            }
            Some("window_closed") => {
                assert_eq!(sent(&messages, "We are back."), 0);
                let failed = messages.last().unwrap();
                assert_eq!(
                    (&failed["kind"], &failed["delivery"]["state"]),
                    (&json!("event"), &json!("failed"))
                );
                assert_eq!((&row["status"], &row["reply_window"]), (&json!("active"), &json!("closed")));
            }
            other => panic!("{other:?}"),
        }
    }

    // Everything again: the first receipts, nothing sent, no second error on a thread.
    let lengths = desk.get("/api/changes?limit=1").await["cursor"].clone();
    let again = desk.reply(body).await;
    for (first, second) in results.iter().zip(&again) {
        assert_eq!(
            (&first["outcome"], &first["message_id"], &first["status"]),
            (&second["outcome"], &second["message_id"], &second["status"])
        );
        assert_eq!(second["duplicate"], json!(first["outcome"] == "applied"));
    }
    assert_eq!(desk.get("/api/changes?limit=1").await["cursor"], lengths);

    let asked = json!({ "client_refs": ["job/0", "job/1", "never"] });
    let found = desk.post("/api/replies/find", &asked).await;
    assert_eq!(
        found["replies"][2],
        json!({ "client_ref": "never", "found": false, "id": null, "message_id": null, "at": null, "status": null, "seq": null })
    );
    for (one, result) in found["replies"].as_array().unwrap()[..2].iter().zip(&results) {
        assert_eq!(one["found"], json!(result["outcome"] == "applied"));
        assert_eq!(one["message_id"], result["message_id"]);
    }
    assert_eq!(desk.get("/api/replies?client_ref=job/0&client_ref=job/1&client_ref=never").await, found);
}

#[tokio::test]
async fn a_window_opens_when_the_customer_writes() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&window=closed").await;
    let reply =
        |reference: &str| json!({ "replies": [{ "id": id, "text": "Hello", "client_ref": reference }] });
    assert_eq!(desk.reply(reply("r/0")).await[0]["reason"]["code"], "window_closed");
    desk.customer_writes(&id, "Still there?").await;
    desk.later(24 * 3_600 - 1);
    assert_eq!(desk.reply(reply("r/1")).await[0]["outcome"], "applied");
    desk.later(1);
    assert_eq!(desk.reply(reply("r/2")).await[0]["reason"]["code"], "window_closed");
    // A reference that never led to a message may be used again.
    desk.customer_writes(&id, "Yes?").await;
    assert_eq!(desk.reply(reply("r/0")).await[0]["outcome"], "applied");
}

#[tokio::test]
async fn what_is_refused_one_by_one() {
    let desk = Desk::start().await;
    let (email, sms) =
        (desk.one("status=active&channel=email").await, desk.one("status=active&channel=sms").await);
    let results = desk
        .reply(json!({ "replies": [
            { "id": email, "text": "  ", "client_ref": "r/0" },
            { "id": sms, "text": "x".repeat(1_601), "client_ref": "r/1" },
            { "id": "c-1", "text": "Hello", "client_ref": "r/2" },
            { "id": email, "text": "Hello", "client_ref": "r/3" },
            { "id": sms, "text": "Hello", "client_ref": "r/3" },
        ] }))
        .await;
    let codes: Vec<_> = results.iter().map(|one| one["reason"]["code"].clone()).collect();
    assert_eq!(
        codes,
        [json!("empty_text"), json!("too_long"), json!("not_found"), json!(null), json!("ref_reused")]
    );
    assert_eq!(results[3]["status"], json!(null));
    let nobody = json!({ "new": { "name": "Nobody", "channel": "email" }, "text": "Hello" });
    let id = text(&desk.post("/api/_simulate/customer_message", &nobody).await["id"]);
    let refused =
        desk.reply(json!({ "replies": [{ "id": id, "text": "Hello", "client_ref": "r/4" }] })).await;
    assert_eq!(refused[0]["reason"]["code"], "no_address");
    let body = json!({ "replies": [{ "id": email, "text": "Hello", "client_ref": "" }] });
    desk.post_for(422, "/api/conversations/bulk/reply", &body).await;
    let body =
        json!({ "replies": [{ "id": email, "text": "Hello", "client_ref": "r/5" }], "status": "gone" });
    desk.post_for(422, "/api/conversations/bulk/reply", &body).await;
    assert_eq!(
        desk.post("/api/replies/find", &json!({ "client_refs": ["r/5"] })).await["replies"][0]["found"],
        false
    );
}

#[tokio::test]
async fn a_colleague_answers_and_deletes() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let body = json!({ "conversation": id, "by": COLLEAGUE, "reply": "I take this one.", "note": "Mine.", "change": { "agent": COLLEAGUE } });
    desk.post("/api/_simulate/change", &body).await;
    let row = desk.conversation(&id).await;
    assert_eq!((&row["assignee"]["agent"], &row["engagement"]), (&json!(COLLEAGUE), &json!("engaged")));
    assert_eq!(sent(&desk.messages(&id).await, "I take this one."), 1);
    desk.post("/api/_simulate/change", &json!({ "conversation": id, "by": COLLEAGUE, "delete": true })).await;
    assert_eq!(desk.change(&[&id], json!({ "status": "done" })).await[0]["reason"]["code"], "not_found");
    assert_eq!(desk.get("/api/directory").await["conversations"], 299);
}
