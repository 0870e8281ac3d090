//! "Bulk update multiple conversations".

use serde_json::json;

use super::super::{COLLEAGUE, Desk, text};

/// "Changes are applied atomically per conversation".
#[tokio::test]
async fn a_conversation_takes_the_whole_change_or_none_of_it() {
    let desk = Desk::start().await;
    let archived = desk.one("status=archived").await;
    let active = desk.one("status=active&channel=email").await;
    let before = desk.conversation(&archived).await;
    let change = json!({ "status": "done", "agent": COLLEAGUE, "add_tags": ["refund"], "priority": "low" });
    let results = desk.change(&[&archived, &active], change).await;
    assert_eq!((&results[0]["outcome"], &results[1]["outcome"]), (&json!("rejected"), &json!("applied")));
    assert_eq!(desk.conversation(&archived).await, before);
    let row = desk.conversation(&active).await;
    assert_eq!((&row["status"], &row["priority"]), (&json!("done"), &json!("low")));
}

/// "When marking as SPAM, whether to also block the contact (requires contact.block permission)."
#[tokio::test]
async fn blocking_needs_a_permission_of_its_own() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let block = json!({ "ids": [id], "change": { "status": "spam", "block": true } });
    let refused = desk.post_as("trainee", "/api/conversations/bulk", &block).await;
    assert_eq!(refused, (403, json!("not_permitted")));
    assert_eq!(desk.conversation(&id).await["status"], "active", "nothing of it is done");
    desk.change(&[&id], json!({ "status": "spam", "block": true })).await;
    let row = desk.conversation(&id).await;
    assert_eq!((&row["status"], &row["contact"]["blocked"]), (&json!("spam"), &json!(true)));
    // And back, on the contact.
    let contact = text(&row["contact"]["id"]);
    desk.patch(&format!("/api/contacts/{contact}"), &json!({ "blocked": false })).await;
    assert_eq!(desk.customer_writes(&id, "Sorry!").await["taken"], true);
}

/// "DELETE will permanently delete them."
#[tokio::test]
async fn deleting_needs_a_permission_and_is_for_good() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let delete = json!({ "ids": [id], "change": { "delete": true } });
    assert_eq!(desk.post_as("trainee", "/api/conversations/bulk", &delete).await.0, 403);
    desk.change(&[&id], json!({ "delete": true })).await;
    assert_eq!(desk.change(&[&id], json!({ "status": "active" })).await[0]["reason"]["code"], "not_found");
}

/// A server may refuse a whole batch for one bad item: then nothing is done, and splitting finds it.
#[tokio::test]
async fn a_batch_that_is_refused_whole_leaves_nothing() {
    let desk = Desk::with(|options| options.faults = "refuse_batch".parse().unwrap()).await;
    let archived = desk.one("status=archived").await;
    let active = desk.one("status=active&channel=email").await;
    let change = json!({ "add_tags": ["whole"] });
    let body = json!({ "ids": [active, archived], "change": change });
    let refused = desk.post_for(422, "/api/conversations/bulk", &body).await;
    assert_eq!(refused["error"]["code"], "batch_refused");
    assert_eq!(desk.count("tag=whole").await, 0);
    let reply = |id: &str, n: u32| json!({ "id": id, "text": "Hi", "client_ref": format!("r/{n}") });
    let body = json!({ "replies": [reply(&active, 0), reply(&archived, 1)] });
    desk.post_for(422, "/api/conversations/bulk/reply", &body).await;
    let found = desk.post("/api/replies/find", &json!({ "client_refs": ["r/0"] })).await;
    assert_eq!(found["replies"][0]["found"], false);
    assert_eq!(desk.change(&[&active], change).await[0]["outcome"], "applied");
}
