//! Faults: what a client sees, and what was done all the same.

use reqwest::Response;
use serde_json::{Value, json};

use super::{Desk, answer};

async fn faulty(faults: &str) -> Desk {
    Desk::with(|options| options.faults = faults.parse().unwrap()).await
}

/// Somebody to write to. Such questions are not spared, so the simulation is asked.
async fn somebody(desk: &Desk) -> String {
    let new =
        json!({ "new": { "name": "Ada", "email": "ada@example.org", "channel": "email" }, "text": "Hello" });
    super::text(&desk.post("/api/_simulate/customer_message", &new).await["id"])
}

async fn tag(desk: &Desk, id: &str) -> reqwest::Result<Response> {
    let body = json!({ "ids": [id], "change": { "add_tags": ["tried"] } });
    desk.as_agent(desk.http.post(desk.url("/api/conversations/bulk")).json(&body)).send().await
}

#[tokio::test]
async fn the_answer_is_lost_and_the_work_is_done() {
    let desk = faulty("lose_answer=1").await;
    let id = somebody(&desk).await;
    let lost = tag(&desk, &id).await.unwrap_err();
    assert!(!lost.is_connect() && !lost.is_timeout(), "{lost:?}");
    assert_eq!(desk.count("tag=tried").await, 1);
}

#[tokio::test]
async fn the_answer_is_cut_and_the_work_is_done() {
    let desk = faulty("cut=1").await;
    let id = somebody(&desk).await;
    let response = tag(&desk, &id).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    assert_eq!(desk.count("tag=tried").await, 1);
}

#[tokio::test]
async fn statuses_before_and_after_the_work() {
    for (faults, status, done) in
        [("status_429=1", 429, 0), ("status_500=1", 500, 0), ("status_500_after=1", 500, 1)]
    {
        let desk = faulty(faults).await;
        let id = somebody(&desk).await;
        let response = tag(&desk, &id).await.unwrap();
        assert_eq!(response.headers().contains_key("retry-after"), status == 429);
        answer(response, status).await;
        assert_eq!(desk.count("tag=tried").await, done, "{faults}");
        answer(desk.http.get(desk.url("/api/health")).send().await.unwrap(), 200).await;
    }
}

#[tokio::test]
async fn without_idempotency_a_repeated_reply_is_sent_again() {
    let desk = faulty("no_idempotency,latency=1").await;
    assert_eq!(desk.get("/api/me").await["capabilities"]["idempotent_replies"], false);
    let id = somebody(&desk).await;
    let body = json!({ "replies": [{ "id": id, "text": "Hello", "client_ref": "r/0" }] });
    let (first, second) = (desk.reply(body.clone()).await, desk.reply(body).await);
    assert_ne!(first[0]["message_id"], second[0]["message_id"]);
    let twice = desk
        .messages(&id)
        .await
        .iter()
        .filter(|message| message["text"] == "Hello" && message["from"] == "agent")
        .count();
    assert_eq!(twice, 2);
    let found: Value = desk.post("/api/replies/find", &json!({ "client_refs": ["r/0"] })).await;
    assert_eq!(found["replies"][0]["message_id"], first[0]["message_id"]);
}

#[tokio::test]
async fn some_answers_get_lost_but_no_reply_is_sent_twice() {
    let desk = faulty("lose_answer=0.5,status_500=0.2").await;
    let id = somebody(&desk).await;
    for number in 0..10 {
        let body = json!({ "replies": [{ "id": id, "text": format!("Part {number}"), "client_ref": format!("r/{number}") }] });
        loop {
            let request = desk.http.post(desk.url("/api/conversations/bulk/reply")).json(&body);
            if desk.as_agent(request).send().await.is_ok_and(|response| response.status().is_success()) {
                break;
            }
        }
    }
    let thread = loop {
        let request = desk.as_agent(desk.http.get(desk.url(&format!("/api/conversations/{id}"))));
        match request.send().await {
            Ok(response) if response.status().is_success() => break response.json::<Value>().await.unwrap(),
            _ => {}
        }
    };
    let texts: Vec<_> =
        thread["messages"].as_array().unwrap().iter().map(|message| super::text(&message["text"])).collect();
    let expected: Vec<_> =
        ["Hello".to_owned()].into_iter().chain((0..10).map(|number| format!("Part {number}"))).collect();
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn faults_can_be_set_while_it_runs() {
    let desk = faulty("status_500=1").await;
    let id = somebody(&desk).await;
    answer(tag(&desk, &id).await.unwrap(), 500).await;
    desk.post("/api/_simulate/faults", &json!({ "spec": "" })).await;
    answer(tag(&desk, &id).await.unwrap(), 200).await;
    desk.post("/api/_simulate/faults", &json!({ "spec": "status_429=1" })).await;
    answer(tag(&desk, &id).await.unwrap(), 429).await;
    let unknown = desk.url("/api/_simulate/faults");
    let refused = desk.as_agent(desk.http.post(unknown).json(&json!({ "spec": "flood=1" }))).send().await;
    assert_eq!(answer(refused.unwrap(), 422).await["error"]["field"], "spec");
}

#[tokio::test]
async fn a_busy_conversation_takes_nothing_new_so_many_times() {
    let desk = Desk::start().await;
    let id = somebody(&desk).await;
    let reply =
        |reference: &str| json!({ "replies": [{ "id": id, "text": "Hello", "client_ref": reference }] });
    desk.reply(reply("before")).await;
    desk.post("/api/_simulate/busy", &json!({ "ids": [id], "times": 2 })).await;
    assert_eq!(desk.reply(reply("before")).await[0]["duplicate"], true, "what it has, it says");
    let busy = &desk.change(&[&id], json!({ "add_tags": ["tried"] })).await[0];
    assert_eq!((&busy["outcome"], &busy["reason"]["code"]), (&json!("rejected"), &json!("busy")));
    assert_eq!(desk.count("tag=tried").await, 0);
    assert_eq!(desk.change(&[&id], json!({ "add_tags": ["tried"] })).await[0]["outcome"], "applied");
}
