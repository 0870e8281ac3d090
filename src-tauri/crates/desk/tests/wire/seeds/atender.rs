//! "Use bulk actions on conversations" and "Send a mass reply".

use serde_json::{Value, json};

use super::super::{DAY, Desk, HOUR, text};

/// "The conversation resolution timer takes them from Done to Archived a day or two later."
#[tokio::test]
async fn the_resolution_timer_takes_done_to_archived_in_working_time() {
    let desk = Desk::start().await;
    let ids = desk.ids("status=active&channel=email").await;
    // Wednesday, 16:30 in Berlin: two working days are over on Friday at 16:30.
    desk.change(&[&ids[0]], json!({ "status": "done" })).await;
    assert_eq!(desk.conversation(&ids[0]).await["archives_at"], "2026-05-22T14:30:00.000Z");
    // Thursday evening: nobody works before Friday, nor on Saturday and Sunday.
    desk.pass(DAY + 4 * HOUR).await;
    desk.change(&[&ids[1]], json!({ "status": "done" })).await;
    assert_eq!(desk.conversation(&ids[1]).await["archives_at"], "2026-05-26T07:00:00.000Z");
    desk.pass(20 * HOUR - 1).await;
    assert_eq!(desk.conversation(&ids[0]).await["status"], "done");
    desk.pass(1).await;
    let row = desk.conversation(&ids[0]).await;
    assert_eq!((&row["status"], &row["archives_at"]), (&json!("archived"), &json!(null)));
    desk.pass(3 * DAY).await;
    assert_eq!(desk.conversation(&ids[1]).await["status"], "done");
    desk.pass(DAY).await;
    assert_eq!(desk.conversation(&ids[1]).await["status"], "archived");
}

/// "There is no delete; archive is the terminal state and is not reversible from the UI."
#[tokio::test]
async fn archived_stays_archived_whatever_time_it_is() {
    let desk = Desk::start().await;
    let id = desk.one("status=archived&channel=email").await;
    assert_eq!(desk.change(&[&id], json!({ "status": "active" })).await[0]["reason"]["code"], "archived");
    desk.customer_writes(&id, "Hello?").await;
    desk.pass(30 * DAY).await;
    assert_eq!(desk.conversation(&id).await["status"], "archived");
}

/// "If you ticked Mark as Done, the status also flips to Done. Customer replies still reopen it automatically."
#[tokio::test]
async fn a_mass_reply_with_done_is_reopened_by_a_customer() {
    let desk = Desk::start().await;
    let ids = desk.ids("status=active&channel=email&tag=payment-issue-2026-05").await;
    let replies: Vec<_> = (0..)
        .zip(&ids)
        .map(|(n, id)| json!({ "id": id, "text": "We are back.", "client_ref": format!("job/{n}") }))
        .collect();
    desk.reply(json!({ "replies": replies, "status": "done", "mass": true })).await;
    desk.pass(HOUR).await;
    for id in &ids {
        let row = desk.conversation(id).await;
        assert_eq!((&row["status"], &row["engagement"]), (&json!("done"), &json!("engaged")));
    }
    desk.customer_writes(&ids[0], "Thanks, but no.").await;
    assert_eq!(desk.conversation(&ids[0]).await["status"], "active");
    assert_eq!(desk.conversation(&ids[1]).await["status"], "done");
}

/// "Web chat — Posted into the chat session. If the visitor is offline, it queues for next open."
#[tokio::test]
async fn a_chat_message_queues_until_the_visitor_is_back() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=chat").await;
    desk.customer_writes(&id, "Are you there?").await;
    let delivery = async |desk: &Desk, words: &str| {
        let messages = desk.messages(&id).await;
        messages.iter().find(|entry| entry["text"] == words).unwrap()["delivery"]["state"].clone()
    };
    desk.say(&id, "Yes.", "r/0").await;
    assert_eq!(delivery(&desk, "Yes.").await, "delivered");
    desk.pass(2 * HOUR).await;
    desk.say(&id, "Anything else?", "r/1").await;
    assert_eq!(delivery(&desk, "Anything else?").await, "queued");
    desk.pass(2 * HOUR).await;
    desk.customer_writes(&id, "No, thanks.").await;
    assert_eq!(delivery(&desk, "Anything else?").await, "delivered");
}

/// "Platform messaging windows apply, similar to WhatsApp."
#[tokio::test]
async fn a_window_closes_a_day_after_the_customers_last_message() {
    let desk = Desk::start().await;
    for channel in ["whatsapp", "facebook", "instagram"] {
        let id = desk.one(&format!("status=active&channel={channel}")).await;
        desk.customer_writes(&id, "Hello?").await;
        desk.pass(DAY - 1).await;
        assert_eq!(desk.conversation(&id).await["reply_window"], "open");
        assert_eq!(desk.say(&id, "Yes?", &format!("{channel}/0")).await["outcome"], "applied");
        desk.pass(1).await;
        assert_eq!(desk.conversation(&id).await["reply_window"], "closed");
        let late = desk.say(&id, "Still?", &format!("{channel}/1")).await;
        assert_eq!(late["reason"]["code"], "window_closed");
    }
}

/// "Open the individual conversation — a failed delivery shows as a system error on the thread."
#[tokio::test]
async fn a_failed_delivery_shows_on_the_thread() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let sent = desk.say(&id, "Hello", "r/0").await;
    let bounced =
        json!({ "message": sent["message_id"], "state": "bounced", "reason": "550 5.1.1 No such mailbox." });
    assert_eq!(desk.post("/api/_simulate/delivery", &bounced).await["changed"], true);
    assert_eq!(desk.events_of(&id).await.last().unwrap(), "Not delivered. 550 5.1.1 No such mailbox.");
    let messages = desk.messages(&id).await;
    let message = messages.iter().find(|entry| entry["id"] == sent["message_id"]).unwrap();
    assert_eq!(message["delivery"], json!({ "state": "bounced", "reason": "550 5.1.1 No such mailbox." }));
    assert_eq!(desk.conversation(&id).await["engagement"], "engaged");
    // The address is known to be dead from now on; what failed stays so.
    let again = json!({ "message": sent["message_id"], "state": "read" });
    assert_eq!(desk.post("/api/_simulate/delivery", &again).await["changed"], false);
    let next = desk.say(&id, "Hello?", "r/1").await;
    let messages = desk.messages(&id).await;
    let message = messages.iter().find(|entry| entry["id"] == next["message_id"]).unwrap();
    assert_eq!(message["delivery"]["state"], "bounced");
}

/// "If the 24-hour customer-care window has expired, delivery may require a pre-approved template".
#[tokio::test]
async fn a_template_goes_where_the_window_is_closed() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=whatsapp&window=closed").await;
    assert_eq!(desk.say(&id, "Hello", "r/0").await["reason"]["code"], "window_closed");
    let templates = desk.get("/api/directory").await["templates"].clone();
    let template = templates.as_array().unwrap().iter().find(|one| one["name"] == "issue_resolved").unwrap();
    assert_eq!(template["parameters"], 1);
    let with = |id: &str, reference: &str, template: Value| json!({ "replies": [{ "id": id, "client_ref": reference, "template": template }] });
    let filled = json!({ "name": "issue_resolved", "parameters": ["Ada"] });
    assert_eq!(desk.reply(with(&id, "r/1", filled.clone())).await[0]["outcome"], "applied");
    let messages = desk.messages(&id).await;
    let sent = messages.iter().rfind(|entry| entry["kind"] == "message").unwrap();
    assert!(text(&sent["text"]).starts_with("Hello Ada, "), "{sent}");
    let mail = desk.one("status=active&channel=email").await;
    assert_eq!(desk.reply(with(&mail, "r/2", filled)).await[0]["reason"]["code"], "no_templates");
    for (wrong, code) in [
        (json!({ "name": "spring_sale" }), "unknown_template"),
        (json!({ "name": "issue_resolved", "parameters": [] }), "invalid"),
    ] {
        let refused = desk.post_for(422, "/api/conversations/bulk/reply", &with(&id, "r/3", wrong)).await;
        assert_eq!(refused["error"]["code"], code);
    }
}

/// "Customers who didn’t ask for an update often experience it as noise." Who opted out gets no mass reply; a reply of
/// one's own still goes.
#[tokio::test]
async fn who_opted_out_is_left_out_of_mass_replies() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let contact = text(&desk.conversation(&id).await["contact"]["id"]);
    desk.patch(&format!("/api/contacts/{contact}"), &json!({ "opted_out": true })).await;
    assert_eq!(desk.conversation(&id).await["contact"]["opted_out"], true);
    let mass = json!({ "replies": [{ "id": id, "text": "News", "client_ref": "m/0" }], "mass": true });
    let left = desk.reply(mass).await[0].clone();
    assert_eq!((&left["outcome"], &left["reason"]["code"]), (&json!("skipped"), &json!("opted_out")));
    assert_eq!(desk.say(&id, "Your refund is booked.", "r/0").await["outcome"], "applied");
}

/// "The conversation flips to Engaged (the ball is back in the customer’s court)" by what an agent sends, not by an
/// automatic answer.
#[tokio::test]
async fn an_automatic_answer_does_not_change_engagement() {
    let desk = Desk::start().await;
    desk.put("/api/auto-reply", &json!({ "text": "We answer within a working day." })).await;
    let id = desk.written_by("ada@example.org", "Hello").await;
    let row = desk.conversation(&id).await;
    assert_eq!((&row["engagement"], &row["message_count"]), (&json!("pending"), &json!(2)));
    assert_eq!((&row["last_outbound"], &row["preview"]["text"]), (&json!(null), &json!("Hello")));
    let messages = desk.messages(&id).await;
    let last = messages.last().unwrap();
    assert_eq!((&last["kind"], &last["from"]), (&json!("message"), &json!("system")));
    desk.say(&id, "Here I am.", "r/0").await;
    assert_eq!(desk.conversation(&id).await["engagement"], "engaged");
}

/// "The filter is your auditable record of what got changed": and the desk lists what everybody changed at once.
#[tokio::test]
async fn bulk_runs_of_everybody_are_listed_with_what_was_refused() {
    let desk = Desk::start().await;
    let archived = desk.one("status=archived").await;
    let ids = desk.ids("status=active&channel=email").await;
    desk.change(&[&ids[0], &archived, "c-1"], json!({ "add_tags": ["swept"] })).await;
    desk.change(&[&ids[0]], json!({ "add_tags": ["alone"] })).await;
    for part in [[0, 1], [2, 3]] {
        let replies = part.map(|n| json!({ "id": ids[n], "text": "Hi", "client_ref": format!("job-7/{n}") }));
        desk.reply(json!({ "replies": replies, "mass": true, "name": "Hi all" })).await;
    }
    let runs = desk.get("/api/bulk-runs").await["runs"].as_array().unwrap().clone();
    assert_eq!(runs.len(), 2, "{runs:?}");
    assert_eq!(
        (&runs[0]["kind"], &runs[0]["name"], &runs[0]["applied"]),
        (&json!("reply"), &json!("Hi all"), &json!(4))
    );
    assert_eq!(runs[1]["change"], json!({ "add_tags": ["swept"] }));
    let details = desk.get(&format!("/api/bulk-runs/{}", text(&runs[1]["id"]))).await;
    let codes: Vec<_> =
        details["refused"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert_eq!(codes, [json!("archived"), json!("not_found")]);
    assert_eq!(desk.get("/api/bulk-runs?kind=reply&by=nobody").await["runs"], json!([]));
}
