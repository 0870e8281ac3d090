//! "Managing Conversations".

use serde_json::json;

use super::super::{DAY, Desk, HOUR, text};

/// "The conversation automatically returns to your inbox when the snooze expires."
#[tokio::test]
async fn a_snoozed_conversation_returns_when_its_time_comes() {
    let desk = Desk::start().await;
    let ids = desk.ids("status=active&channel=email").await;
    let (hour, custom) = (&ids[0], &ids[1]);
    desk.change(&[hour], json!({ "status": "snoozed", "snoozed_until": "2026-05-20T15:30:00Z" })).await;
    desk.change(&[custom], json!({ "status": "snoozed", "snoozed_until": "2026-06-03T09:15:00+02:00" }))
        .await;
    let active = desk.count("status=active").await;
    desk.pass(HOUR - 1).await;
    assert_eq!(desk.count("status=active").await, active);
    desk.pass(1).await;
    let row = desk.conversation(hour).await;
    assert_eq!((&row["status"], &row["snoozed_until"]), (&json!("active"), &json!(null)));
    assert_eq!(desk.events_of(hour).await.last().unwrap(), "Active again: the snooze is over");
    // Looked at late, it came back when it was due all the same.
    desk.pass(30 * DAY).await;
    let row = desk.conversation(custom).await;
    assert_eq!((&row["status"], &row["updated"]), (&json!("active"), &json!("2026-06-03T07:15:00.000Z")));
}

/// "Closed conversations move out of the active inbox but remain accessible in the conversation history."
#[tokio::test]
async fn a_closed_conversation_leaves_the_inbox_and_stays_accessible() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let length = desk.messages(&id).await.len();
    desk.change(&[&id], json!({ "status": "done" })).await;
    assert!(!desk.ids("status=active").await.contains(&id));
    assert!(desk.ids("status=done").await.contains(&id));
    assert_eq!(desk.messages(&id).await.len(), length + 1);
}

/// "If the customer sends a new message, the conversation reopens automatically."
#[tokio::test]
async fn a_closed_conversation_reopens_when_the_customer_writes() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    desk.change(&[&id], json!({ "status": "done" })).await;
    desk.pass(HOUR).await;
    assert_eq!(desk.customer_writes(&id, "It came back.").await["id"], json!(id));
    let row = desk.conversation(&id).await;
    assert_eq!((&row["status"], &row["engagement"]), (&json!("active"), &json!("pending")));
    // And the timer that would have archived it is off.
    assert_eq!(row["archives_at"], json!(null));
    desk.pass(30 * DAY).await;
    assert_eq!(desk.conversation(&id).await["status"], "active");
}

/// "Email conversations have a 7-day auto-resolve window."
#[tokio::test]
async fn an_answered_email_resolves_itself_after_seven_days() {
    let desk = Desk::start().await;
    let ids = desk.ids("status=active&channel=email").await;
    let (silent, lively, asleep) = (&ids[0], &ids[1], &ids[2]);
    let chat = desk.one("status=active&channel=chat").await;
    for (number, id) in [silent, lively, asleep, &chat].into_iter().enumerate() {
        assert_eq!(desk.say(id, "Does it work now?", &format!("r/{number}")).await["outcome"], "applied");
    }
    desk.change(&[asleep], json!({ "status": "snoozed", "snoozed_until": "2026-05-29T09:00:00Z" })).await;
    desk.pass(6 * DAY).await;
    desk.customer_writes(lively, "Not quite.").await;
    desk.pass(DAY - 1).await;
    assert_eq!(desk.conversation(silent).await["status"], "active");
    desk.pass(1).await;
    let row = desk.conversation(silent).await;
    assert_eq!((&row["status"], &row["updated"]), (&json!("done"), &json!("2026-05-27T14:30:00.000Z")));
    let said = desk.events_of(silent).await;
    assert!(said.contains(&"Resolved by itself: no answer for 7 days".to_owned()), "{said:?}");
    // Then the resolution timer runs as for anything that is done.
    desk.pass(2 * DAY).await;
    assert_eq!(desk.conversation(silent).await["status"], "archived");
    for id in [lively, asleep, &chat] {
        assert_eq!(desk.conversation(id).await["status"], "active", "{id}");
    }
}

/// "For live chat, if the last conversation is older than 24 hours, a new message creates a new conversation instead of
/// reopening the old one."
#[tokio::test]
async fn a_chat_after_a_day_of_silence_is_a_new_conversation() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=chat").await;
    desk.customer_writes(&id, "Hello?").await;
    desk.change(&[&id], json!({ "status": "done" })).await;
    desk.pass(24 * HOUR).await;
    assert_eq!(desk.customer_writes(&id, "Still me.").await["id"], json!(id), "a day is not over");
    desk.change(&[&id], json!({ "status": "done" })).await;
    desk.pass(24 * HOUR + 1).await;
    let before = desk.conversation(&id).await;
    let written = desk.customer_writes(&id, "Another thing.").await;
    assert_ne!(written["id"], json!(id));
    let opened = desk.conversation(&text(&written["id"])).await;
    assert_eq!((&opened["channel"], &opened["status"]), (&json!("chat"), &json!("active")));
    assert_eq!((&opened["contact"]["id"], &opened["message_count"]), (&before["contact"]["id"], &json!(1)));
    assert_eq!(desk.conversation(&id).await["status"], "done");
    let thread = desk.get(&format!("/api/conversations/{}", text(&written["id"]))).await;
    assert_eq!((&thread["links"][0]["id"], &thread["links"][0]["kind"]), (&json!(id), &json!("follows")));
    // An e-mail of the same age reopens.
    let mail = desk.one("status=done&channel=email").await;
    assert_eq!(desk.customer_writes(&mail, "Hello again.").await["id"], json!(mail));
}

/// "Set priority levels (low, medium, high, urgent) to help your team focus on what matters most."
#[tokio::test]
async fn a_conversation_has_one_of_four_priorities_or_none() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    for priority in ["low", "medium", "high", "urgent", "none"] {
        desk.change(&[&id], json!({ "priority": priority })).await;
        assert_eq!(desk.conversation(&id).await["priority"], priority);
    }
}

/// "Use internal notes to communicate with your team about a conversation without the customer seeing. Notes support
/// @mentions so you can tag specific team members for input."
#[tokio::test]
async fn a_note_is_for_the_team_and_calls_those_it_mentions() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let before = desk.conversation(&id).await;
    let words = "@jonas and @Mira Okafor: ask @nobody, or jonas@brindlewick.example.";
    desk.post(&format!("/api/conversations/{id}/notes"), &json!({ "text": words })).await;
    let messages = desk.messages(&id).await;
    let note = messages.last().unwrap();
    assert_eq!((&note["kind"], &note["text"]), (&json!("note"), &json!(words)));
    assert_eq!(note["mentions"], json!(["jonas@brindlewick.example", "mira@brindlewick.example"]));
    let row = desk.conversation(&id).await;
    for field in ["message_count", "preview", "engagement", "last_outbound"] {
        assert_eq!(row[field], before[field], "{field}");
    }
}

/// As the sentence before, for a whole team: "@billing" calls everybody who is in it, each once.
#[tokio::test]
async fn a_note_calls_a_team() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let directory = desk.get("/api/directory").await;
    let team = directory["teams"][0].clone();
    let agents = directory["agents"].as_array().unwrap();
    let is_in = |agent: &&serde_json::Value| {
        agent["team_ids"].as_array().is_some_and(|teams| teams.contains(&team["id"]))
    };
    let members: Vec<serde_json::Value> =
        agents.iter().filter(is_in).map(|agent| agent["handle"].clone()).collect();
    assert!(members.len() > 1, "{directory}");
    for called in [text(&team["name"]).to_uppercase(), text(&team["handle"])] {
        let words = format!("@{called}, and once more @{called}: who has seen this?");
        desk.post(&format!("/api/conversations/{id}/notes"), &json!({ "text": words })).await;
        let messages = desk.messages(&id).await;
        assert_eq!(messages.last().unwrap()["mentions"], json!(members), "{words}");
    }
}

/// "Mark unwanted conversations as spam to move them to the Spam view and keep your inbox clean. You can review and restore
/// conversations from the Spam view if needed."
#[tokio::test]
async fn spam_leaves_the_inbox_and_can_be_restored() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    desk.change(&[&id], json!({ "status": "spam" })).await;
    assert!(desk.ids("status=spam").await.contains(&id) && !desk.ids("status=active").await.contains(&id));
    desk.customer_writes(&id, "Buy now!").await;
    assert_eq!(desk.conversation(&id).await["status"], "spam");
    desk.change(&[&id], json!({ "status": "active" })).await;
    assert_eq!(desk.conversation(&id).await["status"], "active");
    assert_eq!(desk.events_of(&id).await.last().unwrap(), "Restored from spam");
}

/// "Create a ticket directly from a conversation to track complex issues that need more than a quick reply. Conversations
/// can also be linked to existing tickets and to other conversations for reference."
#[tokio::test]
async fn a_conversation_is_linked_to_tickets_and_conversations() {
    let desk = Desk::start().await;
    let ids = desk.ids("status=active&channel=email").await;
    let made = json!({ "title": "Captures fail", "description": "One bank.", "conversation": ids[0] });
    let ticket = desk.post("/api/tickets", &made).await;
    assert_eq!((&ticket["status"], &ticket["conversations"]), (&json!("open"), &json!([ids[0]])));
    let tie = json!({ "ticket": ticket["id"], "on": true });
    desk.post(&format!("/api/conversations/{}/tickets", ids[1]), &tie).await;
    let again = desk.post(&format!("/api/conversations/{}/tickets", ids[1]), &tie).await;
    assert_eq!(again["seq"], desk.conversation(&ids[1]).await["seq"]);
    let thread = desk.get(&format!("/api/conversations/{}", ids[1])).await;
    let mut of = vec![ids[0].clone(), ids[1].clone()];
    of.sort_by_key(|id| id[2..].parse::<i64>().unwrap());
    assert_eq!(thread["tickets"][0]["conversations"], json!(of));
    let path = format!("/api/tickets/{}", text(&ticket["id"]));
    desk.patch(&path, &json!({ "status": "closed" })).await;
    assert_eq!(desk.get("/api/tickets?status=open").await["tickets"], json!([]));
    assert_eq!(desk.get("/api/tickets?status=closed").await["tickets"][0]["id"], ticket["id"]);

    let links = format!("/api/conversations/{}/links", ids[0]);
    desk.post(&links, &json!({ "to": ids[2], "on": true })).await;
    for (one, other) in [(&ids[0], &ids[2]), (&ids[2], &ids[0])] {
        let thread = desk.get(&format!("/api/conversations/{one}")).await;
        assert_eq!(
            (&thread["links"][0]["id"], &thread["links"][0]["kind"]),
            (&json!(other), &json!("related"))
        );
    }
    desk.post(&links, &json!({ "to": ids[2], "on": false })).await;
    assert_eq!(desk.get(&format!("/api/conversations/{}", ids[2])).await["links"], json!([]));
    desk.post_for(422, &links, &json!({ "to": ids[0], "on": true })).await;
    desk.post_for(404, &links, &json!({ "to": "c-1", "on": true })).await;
}
