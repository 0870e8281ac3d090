//! What ends things: blocking a contact, deleting a conversation, the resolution timer.

use std::time::Duration;

use serde_json::json;

use super::{Desk, text};

#[tokio::test]
async fn a_blocked_contact_is_not_heard() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let email = text(&desk.conversation(&id).await["contact"]["email"]);
    let blocked = desk.change(&[&id], json!({ "status": "spam", "block": true })).await;
    assert_eq!(blocked[0]["outcome"], "applied");
    let row = desk.conversation(&id).await;
    assert_eq!((&row["status"], &row["seq"]), (&json!("spam"), &blocked[0]["seq"]));
    let length = desk.messages(&id).await.len();

    let written = desk.customer_writes(&id, "Buy now!").await;
    assert_eq!((&written["taken"], &written["message_id"]), (&json!(false), &json!(null)));
    let new = json!({ "name": "Again", "email": email, "channel": "email" });
    let newcomer = json!({ "new": new, "text": "Buy now!" });
    let before = desk.count("").await;
    assert_eq!(desk.post("/api/_simulate/customer_message", &newcomer).await["taken"], false);
    assert_eq!((desk.messages(&id).await.len(), desk.count("").await), (length, before));

    // By value: again is no change. Everybody else is heard as before.
    let again = desk.change(&[&id], json!({ "block": true })).await;
    assert_eq!((&again[0]["outcome"], &again[0]["seq"]), (&json!("applied"), &blocked[0]["seq"]));
    let other = desk.one("status=active&channel=email").await;
    assert_eq!(desk.customer_writes(&other, "Hello?").await["taken"], true);
}

#[tokio::test]
async fn what_is_deleted_is_gone_and_said_once() {
    let desk = Desk::start().await;
    let mut walk = desk.get("/api/changes").await;
    while walk["more"] == true {
        walk = desk.get(&format!("/api/changes?cursor={}", text(&walk["cursor"]))).await;
    }
    let active = desk.one("status=active&channel=email").await;
    let archived = desk.one("status=archived").await;
    let total = desk.count("").await;
    let results = desk.change(&[&active, &archived, "c-1"], json!({ "delete": true })).await;
    let outcomes: Vec<_> = results.iter().map(|one| text(&one["outcome"])).collect();
    assert_eq!(outcomes, ["applied", "applied", "rejected"]);
    assert_eq!(results[2]["reason"]["code"], "not_found");

    let news = desk.get(&format!("/api/changes?cursor={}", text(&walk["cursor"]))).await;
    assert_eq!((&news["deleted"], &news["conversations"]), (&json!([active, archived]), &json!([])));
    assert_eq!(desk.count("").await, total - 2);
    let thread = desk.as_agent(desk.http.get(desk.url(&format!("/api/conversations/{active}")))).send().await;
    assert_eq!(thread.unwrap().status(), 404);

    // A repeated deletion leads to the same; any other change does not find it.
    let again = desk.change(&[&active], json!({ "delete": true, "add_tags": ["late"] })).await;
    assert_eq!((&again[0]["outcome"], &again[0]["seq"]), (&json!("applied"), &results[0]["seq"]));
    assert_eq!(desk.change(&[&active], json!({ "status": "done" })).await[0]["reason"]["code"], "not_found");
    let reply = json!({ "replies": [{ "id": active, "text": "Hello", "client_ref": "r/0" }] });
    assert_eq!(desk.reply(reply).await[0]["reason"]["code"], "not_found");
}

#[tokio::test]
async fn what_is_done_is_archived_two_days_later() {
    let desk = Desk::start().await;
    let me = desk.get("/api/me").await;
    let wait = me["capabilities"]["auto_archive_ms"].as_i64().unwrap() / 1000;
    let long_done = desk.count("status=done").await;
    let ids = desk.ids("status=active&channel=email").await;
    let (left, reopened) = (&ids[0], &ids[1]);
    desk.change(&[left, reopened], json!({ "status": "done" })).await;
    desk.later(wait - 60);
    desk.customer_writes(reopened, "One more thing.").await;
    desk.later(60);
    while desk.conversation(left).await["status"] == "done" {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(desk.conversation(left).await["status"], "archived");
    assert_eq!(desk.conversation(reopened).await["status"], "active");
    // What was done before this desk began has no timer.
    assert_eq!(desk.count("status=done").await, long_done);
}
