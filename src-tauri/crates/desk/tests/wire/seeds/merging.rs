//! Merging: "Merge is a single-conversation action because it requires choosing one primary and verifying the others belong
//! to the same contact."

use serde_json::{Value, json};

use super::super::{Desk, text};

async fn merge(desk: &Desk, status: u16, primary: &str, secondaries: &[&str]) -> Value {
    let body = json!({ "secondaries": secondaries });
    desk.post_for(status, &format!("/api/conversations/{primary}/merge"), &body).await
}

#[tokio::test]
async fn the_messages_of_all_stand_in_the_order_of_their_times() {
    let desk = Desk::start().await;
    let first = desk.written_by("ada@example.org", "One").await;
    desk.pass(60).await;
    let second = desk.written_by("ada@example.org", "Two").await;
    desk.pass(60).await;
    desk.customer_writes(&first, "Three").await;
    desk.pass(60).await;
    desk.say(&second, "Four", "r/0").await;
    desk.change(&[&first], json!({ "add_tags": ["refund"] })).await;
    desk.change(&[&second], json!({ "add_tags": ["late"] })).await;
    desk.post(&format!("/api/conversations/{second}/notes"), &json!({ "text": "Same person." })).await;
    desk.post(&format!("/api/conversations/{second}/follow"), &json!({ "on": true })).await;
    desk.put(&format!("/api/conversations/{first}/draft"), &json!({ "text": "Dear Ada," })).await;
    desk.put(&format!("/api/conversations/{second}/draft"), &json!({ "text": "Hello Ada," })).await;

    let merged = merge(&desk, 200, &first, &[&second]).await;
    let row = desk.conversation(&first).await;
    assert_eq!(merged["seq"], row["seq"]);
    assert_eq!((&row["tags"], &row["message_count"]), (&json!(["late", "refund"]), &json!(4)));
    // The last word was ours.
    assert_eq!((&row["engagement"], &row["waiting_since"]), (&json!("engaged"), &json!(null)));
    assert_eq!(row["preview"], json!({ "text": "Four", "from": "agent" }));
    assert_eq!(row["followers"], json!(["mira@brindlewick.example"]));
    let messages = desk.messages(&first).await;
    let visible: Vec<_> = messages
        .iter()
        .filter(|entry| entry["kind"] == "message")
        .map(|entry| text(&entry["text"]))
        .collect();
    assert_eq!(visible, ["One", "Two", "Three", "Four"]);
    let said = format!("Merged {second} into this conversation");
    assert!(messages.iter().any(|entry| entry["text"] == said.as_str()));
    assert!(messages.iter().any(|entry| entry["kind"] == "note"));
    // No draft is lost.
    let draft = desk.get(&format!("/api/conversations/{first}/draft")).await["draft"]["text"].clone();
    assert_eq!(draft, "Dear Ada,\n\nHello Ada,");
}

#[tokio::test]
async fn what_was_merged_is_done_and_leads_to_where_it_went() {
    let desk = Desk::start().await;
    let first = desk.written_by("ada@example.org", "One").await;
    let second = desk.written_by("ada@example.org", "Two").await;
    let third = desk.written_by("ada@example.org", "Three").await;
    desk.say(&second, "Answer", "r/0").await;
    merge(&desk, 200, &second, &[&third]).await;
    merge(&desk, 200, &first, &[&second]).await;

    let changes = desk.get("/api/changes").await;
    let rows = changes["conversations"].as_array().unwrap();
    for id in [&second, &third] {
        let row = rows.iter().find(|row| row["id"] == json!(id)).unwrap();
        assert_eq!((&row["status"], &row["merged_into"]), (&json!("done"), &json!(first)));
        let thread = desk.get(&format!("/api/conversations/{id}")).await;
        assert_eq!(thread["conversation"]["id"], json!(first), "the effective one");
        assert_eq!(desk.change(&[id], json!({ "status": "active" })).await[0]["reason"]["code"], "merged");
        let late = desk.say(id, "Late", &format!("{id}/late")).await;
        assert_eq!(late["reason"]["code"], "merged");
        // What the customer writes there arrives here.
        assert_eq!(desk.customer_writes(id, "Hello?").await["id"], json!(first));
    }
    // A reply that was sent before is known as before.
    let again = desk.say(&second, "Answer", "r/0").await;
    assert_eq!((&again["outcome"], &again["duplicate"]), (&json!("applied"), &json!(true)));
}

#[tokio::test]
async fn only_conversations_of_one_contact_that_were_not_merged_before() {
    let desk = Desk::start().await;
    let first = desk.written_by("ada@example.org", "One").await;
    let second = desk.written_by("ada@example.org", "Two").await;
    let stranger = desk.written_by("bert@example.org", "Three").await;
    let archived = desk.written_by("ada@example.org", "Four").await;
    desk.change(&[&archived], json!({ "status": "archived" })).await;
    for (secondaries, code) in [
        (vec![stranger.as_str()], "other_contact"),
        (vec![&second, &stranger], "other_contact"),
        (vec![&archived], "archived"),
        (vec![&first], "invalid"),
        (vec![], "invalid"),
        (vec!["c-1"], "unknown_conversation"),
    ] {
        let refused = merge(&desk, 422, &first, &secondaries).await;
        assert_eq!(
            (&refused["error"]["code"], &refused["error"]["field"]),
            (&json!(code), &json!("secondaries"))
        );
    }
    assert_eq!(desk.conversation(&second).await["merged_into"], json!(null), "all or nothing");
    merge(&desk, 200, &first, &[&second]).await;
    assert_eq!(merge(&desk, 422, &first, &[&second]).await["error"]["code"], "already_merged");
}
