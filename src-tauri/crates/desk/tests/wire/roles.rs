//! Who may do what.

use serde_json::json;

use super::{COLLEAGUE, Desk};

#[tokio::test]
async fn each_role_may_do_what_its_permissions_say() {
    let desk = Desk::start().await;
    let id = desk.one("status=active&channel=email").await;
    let in_it = |what: &str| format!("/api/conversations/{id}/{what}");
    let bulk = "/api/conversations/bulk".to_owned();
    let calls = [
        ("reply", format!("{bulk}/reply"), json!({ "replies": [] })),
        ("change", bulk.clone(), json!({ "ids": [], "change": {} })),
        ("block", bulk.clone(), json!({ "ids": [], "change": { "block": true } })),
        ("delete", bulk, json!({ "ids": [], "change": { "delete": true } })),
        ("note", in_it("notes"), json!({ "text": "Hm." })),
        ("follow", in_it("follow"), json!({ "on": true })),
        ("merge", in_it("merge"), json!({ "secondaries": ["c-1"] })),
        ("ticket", "/api/tickets".to_owned(), json!({ "title": "T" })),
        ("view", "/api/views".to_owned(), json!({ "name": "V", "query": "" })),
        ("snippet", "/api/snippets".to_owned(), json!({ "shortcut": "x", "title": "X", "text": "X" })),
    ];
    let agent: Vec<&str> = calls.iter().map(|(what, _, _)| *what).collect();
    for (role, allowed) in [
        ("agent", agent),
        ("trainee", vec!["reply", "change", "note", "follow", "ticket", "view"]),
        ("light", vec!["note", "follow", "view"]),
        ("viewer", vec!["follow"]),
    ] {
        for (what, path, body) in &calls {
            let (status, _) = desk.post_as(role, path, body).await;
            assert_eq!(status != 403, allowed.contains(what), "{role} {what}: {status}");
        }
    }
    desk.post_for(422, "/api/_simulate/key", &json!({ "agent": COLLEAGUE, "role": "king" })).await;
    desk.post_for(404, "/api/_simulate/key", &json!({ "agent": "x@y.example", "role": "light" })).await;
}
