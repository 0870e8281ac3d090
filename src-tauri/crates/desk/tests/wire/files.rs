//! Files that go out with replies: uploaded once, carried by the channels that carry them; and the test message.

use serde_json::{Value, json};

use super::{Desk, answer, text};

async fn upload(desk: &Desk, name: &str, mime: &str, bytes: Vec<u8>, status: u16) -> Value {
    let request = desk.http.post(desk.url("/api/attachments")).query(&[("name", name)]);
    let request = request.header("content-type", mime).body(bytes);
    answer(desk.as_agent(request).send().await.unwrap(), status).await
}

async fn files_of(desk: &Desk, id: &str) -> Vec<Value> {
    let messages = desk.messages(id).await;
    let ours = messages.iter().filter(|message| message["client_ref"].is_string());
    ours.flat_map(|message| message["attachments"].as_array().unwrap().clone()).collect()
}

#[tokio::test]
async fn the_same_bytes_are_the_same_file() {
    let desk = Desk::start().await;
    let first = upload(&desk, "prices.csv", "text/csv", b"a;1".to_vec(), 200).await;
    assert_eq!(
        (&first["name"], &first["mime"], &first["size"]),
        (&json!("prices.csv"), &json!("text/csv"), &json!(3))
    );
    assert_eq!(upload(&desk, "prices.csv", "text/csv", b"a;1".to_vec(), 200).await, first);
    let renamed = upload(&desk, "old prices.csv", "text/csv", b"a;1".to_vec(), 200).await;
    assert_ne!(renamed["id"], first["id"]);
    let fetched =
        desk.as_agent(desk.http.get(desk.url(&format!("/api/attachments/{}", text(&first["id"]))))).send();
    assert_eq!(fetched.await.unwrap().bytes().await.unwrap().as_ref(), b"a;1");
    assert_eq!(upload(&desk, " ", "text/csv", b"a".to_vec(), 422).await["error"]["field"], "name");
    let viewer =
        desk.http.post(desk.url("/api/attachments?name=x")).body("x").bearer_auth(&desk.running.keys.viewer);
    assert_eq!(answer(viewer.send().await.unwrap(), 403).await["error"]["code"], "not_permitted");
}

#[tokio::test]
async fn a_file_may_be_larger_than_a_body_but_not_any_size() {
    let desk = Desk::start().await;
    let large = upload(&desk, "film.mp4", "video/mp4", vec![7; 24 << 20], 200).await;
    assert_eq!(large["size"], 24 << 20);
    let refused = upload(&desk, "film.mp4", "video/mp4", vec![7; (25 << 20) + 1], 413).await;
    assert_eq!(refused["error"]["code"], "too_large");
    let email = desk.one("status=active&channel=email").await;
    let long = json!({ "replies": [{ "id": email, "client_ref": "r/0", "text": "x".repeat(9 << 20) }] });
    assert_eq!(
        desk.post_for(413, "/api/conversations/bulk/reply", &long).await["error"]["code"],
        "too_large"
    );
}

#[tokio::test]
async fn a_note_carries_files_whatever_the_channel_does() {
    let desk = Desk::start().await;
    let upload = upload(&desk, "invoice.pdf", "application/pdf", b"%PDF".to_vec(), 200).await;
    let id = desk.one("status=active&channel=sms").await;
    let path = format!("/api/conversations/{id}/notes");
    let note = json!({ "text": "See the file.", "client_ref": "n/0", "files": [upload["id"]] });
    let noted = desk.post(&path, &note).await;
    assert_eq!(noted["outcome"], "applied", "{noted}");
    let again = desk.post(&path, &note).await;
    assert_eq!((&again["duplicate"], &again["message_id"]), (&json!(true), &noted["message_id"]));
    let files = files_of(&desk, &id).await;
    assert_eq!((files.len(), &files[0]["name"], &files[0]["size"]), (1, &json!("invoice.pdf"), &json!(4)));
    assert_eq!(desk.conversation(&id).await["has_attachment"], true);
    let unknown = json!({ "text": "See the file.", "files": ["f-99999"] });
    let refused = desk.post_for(422, &path, &unknown).await;
    assert_eq!(
        (&refused["error"]["code"], &refused["error"]["field"]),
        (&json!("unknown_file"), &json!("files"))
    );
}

#[tokio::test]
async fn each_channel_carries_what_it_can_and_the_text_always_goes() {
    let desk = Desk::start().await;
    let small = text(&upload(&desk, "invoice.pdf", "application/pdf", b"%PDF".to_vec(), 200).await["id"]);
    let large = text(&upload(&desk, "film.mp4", "video/mp4", vec![7; 12 << 20], 200).await["id"]);
    let mut channels = Vec::new();
    for channel in ["email", "sms", "chat", "voice"] {
        channels.push(desk.one(&format!("status=active&channel={channel}")).await);
    }
    let replies: Vec<_> = (0..)
        .zip(&channels)
        .map(|(n, id)| json!({ "id": id, "text": "See the file.", "client_ref": format!("r/{n}"), "files": [small, large] }))
        .collect();
    let body = json!({ "replies": replies });
    let results = desk.reply(body.clone()).await;
    let said: Vec<_> = results
        .iter()
        .map(|result| {
            let left_out = result["left_out"].as_array().unwrap();
            let codes = left_out.iter().map(|file| (text(&file["id"]), text(&file["reason"]["code"])));
            (text(&result["outcome"]), codes.collect::<Vec<_>>())
        })
        .collect();
    let code = |id: &str, code: &str| (id.to_owned(), code.to_owned());
    assert_eq!(
        said,
        [
            ("applied".to_owned(), vec![]),
            ("applied".to_owned(), vec![code(&small, "no_files"), code(&large, "no_files")]),
            ("applied".to_owned(), vec![code(&large, "file_too_large")]),
            ("skipped".to_owned(), vec![]),
        ]
    );
    let counts = [2, 0, 1, 0];
    for (id, count) in channels.iter().zip(counts) {
        assert_eq!(files_of(&desk, id).await.len(), count);
    }
    assert_eq!(desk.conversation(&channels[0]).await["has_attachment"], true);
    let carried = &files_of(&desk, &channels[0]).await[0];
    assert_eq!((&carried["name"], &carried["size"]), (&json!("invoice.pdf"), &json!(4)));

    // Again: the first receipts, no second message with files, the same words about what was left out.
    let again = desk.reply(body).await;
    assert_eq!((&again[1]["duplicate"], &again[1]["left_out"]), (&json!(true), &results[1]["left_out"]));
    assert_eq!(files_of(&desk, &channels[0]).await.len(), 2);
}

#[tokio::test]
async fn a_file_that_nobody_uploaded_refuses_the_call() {
    let desk = Desk::start().await;
    let email = desk.one("status=active&channel=email").await;
    // One that hangs on a message is none that was uploaded.
    for file in ["f-999999", "f-1", "nonsense"] {
        let reply = json!({ "id": email, "text": "Hello", "client_ref": "r/0", "files": [file] });
        let refused =
            desk.post_for(422, "/api/conversations/bulk/reply", &json!({ "replies": [reply] })).await;
        assert_eq!(
            (&refused["error"]["code"], &refused["error"]["field"]),
            (&json!("unknown_file"), &json!("replies.files"))
        );
    }
    let found = desk.post("/api/replies/find", &json!({ "client_refs": ["r/0"] })).await;
    assert_eq!(found["replies"][0]["found"], false);
}

#[tokio::test]
async fn a_test_message_comes_into_my_own_inbox() {
    let desk = Desk::start().await;
    let me = desk.running.me.clone();
    let body = json!({ "subject": "Test: back again", "text": "Dear Marta, we are back." });
    let sent = desk.post("/api/test-message", &body).await;
    let row = desk.conversation(&text(&sent["id"])).await;
    assert_eq!((&row["subject"], &row["contact"]["email"]), (&json!("Test: back again"), &json!(me)));
    assert_eq!((&row["status"], &row["assignee"]["agent"]), (&json!("active"), &json!(me)));
    assert_eq!((&row["tags"], &row["seq"]), (&json!(["test"]), &sent["seq"]));
    assert_eq!(row["preview"]["text"], "Dear Marta, we are back.");
    let again = desk.post("/api/test-message", &body).await;
    let second = desk.conversation(&text(&again["id"])).await;
    assert_eq!(second["contact"]["id"], row["contact"]["id"]);
    assert_eq!(desk.post_as_viewer("/api/test-message", &body).await.0, 403);
    let empty = json!({ "subject": "", "text": " " });
    assert_eq!(desk.post_for(422, "/api/test-message", &empty).await["error"]["field"], "text");
}
