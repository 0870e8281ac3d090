//! What belongs to one agent, and what the company keeps.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Desk, text};

#[tokio::test]
async fn a_draft_is_never_written_over_unseen() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let path = format!("/api/conversations/{id}/draft");
    assert_eq!(desk.get(&path).await["draft"], json!(null));
    let first = desk.put(&path, &json!({ "text": "Dear" })).await["draft"].clone();
    let seq = desk.conversation(&id).await["seq"].clone();
    let second = desk.put(&path, &json!({ "text": "Dear Marta,", "base": first["updated"] })).await;
    let stale = json!({ "text": "Hello", "base": first["updated"] });
    assert_eq!(desk.send_for(409, Method::PUT, &path, &stale).await["error"]["code"], "draft_changed");
    assert_eq!(desk.get(&path).await, second);
    assert_eq!(desk.get(&format!("/api/conversations/{id}")).await["draft"]["text"], "Dear Marta,");
    assert_eq!(desk.get("/api/drafts").await["drafts"][0]["conversation"], json!(id));
    assert_eq!(desk.conversation(&id).await["seq"], seq, "it is no change of the conversation");
    desk.put(&path, &json!({ "text": "" })).await;
    assert_eq!(desk.get("/api/drafts").await["drafts"], json!([]));
}

#[tokio::test]
async fn everybody_has_read_marks_of_their_own() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let path = format!("/api/conversations/{id}/read");
    let last = desk.messages(&id).await.last().unwrap()["id"].clone();
    assert_eq!(desk.put(&path, &json!({ "message": last })).await["read"]["message"], last);
    assert_eq!(desk.get("/api/read-marks").await["marks"][0]["conversation"], json!(id));
    assert_eq!(desk.get("/api/read-marks?since=2026-05-20T14:30:01Z").await["marks"], json!([]));
    assert_eq!(desk.get(&format!("/api/conversations/{id}")).await["read"]["message"], last);
    let other = desk.one("status=done&channel=email").await;
    let theirs = format!("/api/conversations/{other}/read");
    let refused = desk.send_for(422, Method::PUT, &theirs, &json!({ "message": last })).await;
    assert_eq!(refused["error"]["field"], "message");
    assert_eq!(desk.put(&path, &json!({ "message": null })).await["read"], json!(null));
}

#[tokio::test]
async fn views_are_mine_or_shared() {
    let desk = Desk::start().await;
    let view = |name: &str, shared: bool| json!({ "name": name, "query": "is:active", "shared": shared });
    desk.post("/api/views", &view("Mine", false)).await;
    let views = desk.post("/api/views", &view("Ours", true)).await["views"].clone();
    let names = |views: &Value| -> Vec<String> {
        views.as_array().unwrap().iter().map(|view| text(&view["name"])).collect()
    };
    assert_eq!(names(&views), ["Mine", "Ours"]);
    assert_eq!(names(&desk.get("/api/directory").await["views"]), ["Mine", "Ours"]);
    let theirs = desk.http.get(desk.url("/api/views")).bearer_auth(&desk.running.keys.viewer);
    assert_eq!(names(&super::answer(theirs.send().await.unwrap(), 200).await["views"]), ["Ours"]);
    let path = format!("/api/views/{}", text(&views[0]["id"]));
    assert_eq!(names(&desk.put(&path, &view("Renamed", false)).await["views"]), ["Renamed", "Ours"]);
    desk.send_for(200, Method::DELETE, &path, &json!({})).await;
    assert_eq!(desk.send_for(404, Method::DELETE, &path, &json!({})).await["error"]["code"], "not_found");
    assert_eq!(desk.post_for(422, "/api/views", &view(" ", false)).await["error"]["field"], "name");
}

#[tokio::test]
async fn snippets_fields_and_contacts_can_be_kept() {
    let desk = Desk::start().await;
    let before = desk.get("/api/snippets").await["snippets"].as_array().unwrap().len();
    let snippet = json!({ "shortcut": "on-its-way", "title": "On its way", "text": "Hello {{customer_first_name|there}}" });
    let kept = desk.post("/api/snippets", &snippet).await["snippets"].as_array().unwrap().clone();
    let mine = kept.iter().find(|one| one["shortcut"] == "on-its-way").unwrap();
    assert_eq!(kept.len(), before + 1);
    let wrong = json!({ "shortcut": "On its way", "title": "x", "text": "x" });
    assert_eq!(desk.post_for(422, "/api/snippets", &wrong).await["error"]["field"], "shortcut");
    let path = format!("/api/snippets/{}", text(&mine["id"]));
    desk.send_for(200, Method::DELETE, &path, &json!({})).await;

    let id = desk.one("status=active&channel=email").await;
    let set = json!({ "subject": "Charged twice", "custom_fields": { "order": null, "carrier": "DHX" } });
    assert_eq!(desk.patch(&format!("/api/conversations/{id}"), &set).await["outcome"], "applied");
    let row = desk.conversation(&id).await;
    assert_eq!((&row["subject"], &row["custom_fields"]["carrier"]), (&json!("Charged twice"), &json!("DHX")));
    assert!(row["custom_fields"].get("order").is_none());
    let seq = desk.patch(&format!("/api/conversations/{id}"), &set).await["seq"].clone();
    assert_eq!(seq, row["seq"], "the same again changes nothing");
    let contact = text(&row["contact"]["id"]);
    let set = json!({ "name": "Ada", "custom_fields": { "city": "Kraków" } });
    desk.patch(&format!("/api/contacts/{contact}"), &set).await;
    let row = desk.conversation(&id).await;
    let city = &row["contact"]["custom_fields"]["city"];
    assert_eq!((&row["contact"]["name"], city), (&json!("Ada"), &json!("Kraków")));
    desk.send_for(404, Method::PATCH, "/api/contacts/p-0", &set).await;
}

#[tokio::test]
async fn the_company_has_hours_and_holidays() {
    let desk = Desk::start().await;
    let mut hours = desk.get("/api/hours").await;
    assert_eq!((&hours["opens"], &hours["resolution_minutes"]), (&json!("09:00"), &json!(960)));
    let ids = desk.ids("status=active&channel=email").await;
    // Wednesday at half past four in Berlin: two working days are Friday at the same time …
    desk.change(&[&ids[0]], json!({ "status": "done" })).await;
    assert_eq!(desk.conversation(&ids[0]).await["archives_at"], "2026-05-22T14:30:00.000Z");
    // … and with both of the next days free, Tuesday after the weekend.
    hours["holidays"] = json!(["2026-05-21", "05-22"]);
    assert_eq!(desk.put("/api/hours", &hours).await, hours);
    desk.change(&[&ids[1]], json!({ "status": "done" })).await;
    assert_eq!(desk.conversation(&ids[1]).await["archives_at"], "2026-05-26T14:30:00.000Z");
    desk.pass(2 * super::DAY).await;
    assert_eq!(desk.conversation(&ids[0]).await["status"], "archived", "as it was said when it was done");
    assert_eq!(desk.conversation(&ids[1]).await["status"], "done");
    desk.pass(4 * super::DAY).await;
    assert_eq!(desk.conversation(&ids[1]).await["status"], "archived");
    hours["holidays"] = json!(["Christmas"]);
    let refused = desk.send_for(422, Method::PUT, "/api/hours", &hours).await;
    assert_eq!(refused["error"]["field"], "holidays");
}
