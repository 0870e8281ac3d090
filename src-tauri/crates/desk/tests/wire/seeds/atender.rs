//! "Use bulk actions on conversations" and "Send a mass reply".

use serde_json::json;

use super::super::{DAY, Desk, HOUR};

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
    let delivery = async |desk: &Desk, text: &str| {
        let messages = desk.messages(&id).await;
        messages.iter().find(|entry| entry["text"] == text).unwrap()["delivery"]["state"].clone()
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
