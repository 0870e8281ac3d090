//! The stream of changes: whole, in order, and without a gap whatever happens meanwhile.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{COLLEAGUE, Desk, answer, text};

/// What a client knows that follows the stream.
#[derive(Default)]
struct Copy {
    rows: BTreeMap<String, Value>,
    cursor: String,
}

impl Copy {
    /// Takes one page. Gives whether more is waiting, and whether the walk goes on.
    async fn page(&mut self, desk: &Desk, limit: usize) -> (bool, bool) {
        let page = desk.get(&format!("/api/changes?limit={limit}&cursor={}", self.cursor)).await;
        for row in page["conversations"].as_array().unwrap() {
            self.rows.insert(text(&row["id"]), row.clone());
        }
        for id in page["deleted"].as_array().unwrap() {
            self.rows.remove(&text(id));
        }
        self.cursor = text(&page["cursor"]);
        (page["more"] == true, page["backfilling"] == true)
    }

    async fn catch_up(&mut self, desk: &Desk, limit: usize) {
        while self.page(desk, limit).await.0 {}
    }

    async fn assert_whole(&self, desk: &Desk) {
        let mut there = BTreeMap::new();
        for id in desk.ids("").await {
            there.insert(id.clone(), desk.conversation(&id).await);
        }
        assert_eq!(self.rows.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
        for (id, row) in &there {
            assert_eq!(self.rows[id], *row);
        }
    }
}

#[tokio::test]
async fn a_walk_is_newest_first_and_can_be_resumed_while_things_change() {
    let desk = Desk::start().await;
    let mut copy = Copy::default();
    let first = desk.get("/api/changes?limit=30").await;
    let updates: Vec<_> =
        first["conversations"].as_array().unwrap().iter().map(|row| text(&row["updated"])).collect();
    assert!(updates.is_sorted_by(|one, other| one >= other));
    assert_eq!((&first["backfilling"], &first["total"]), (&json!(true), &json!(300)));

    let oldest = desk.ids("").await.pop().unwrap();
    let middle = desk.ids("").await[150].clone();
    let (_, backfilling) = copy.page(&desk, 30).await;
    assert!(backfilling);
    // One jumps from behind to the front, one changes in its place, one goes, one comes.
    desk.later(10);
    let row = desk.conversation(&oldest).await;
    let spam = row["status"] == "archived" || row["status"] == "spam";
    desk.customer_writes(&oldest, "Hello again").await;
    assert!(spam || row["status"] != desk.conversation(&oldest).await["status"] || row["status"] == "active");
    desk.post(&format!("/api/conversations/{middle}/follow"), &json!({ "on": true })).await;
    let gone = desk.ids("").await[200].clone();
    desk.post("/api/_simulate/change", &json!({ "conversation": gone, "by": COLLEAGUE, "delete": true }))
        .await;
    let seen = desk.ids("").await[5].clone();
    desk.post("/api/_simulate/change", &json!({ "conversation": seen, "by": COLLEAGUE, "delete": true }))
        .await;
    let new = json!({ "new": { "name": "Ada", "channel": "chat" }, "text": "Hi" });
    desk.post("/api/_simulate/customer_message", &new).await;

    // The place can be used again: a client that died before it stored a page.
    let cursor = copy.cursor.clone();
    copy.page(&desk, 30).await;
    copy.cursor = cursor;
    let mut pages = 0;
    while copy.page(&desk, 30).await.1 {
        pages += 1;
        desk.later(1);
        let id = desk.ids("status=active").await[pages * 7].clone();
        desk.customer_writes(&id, "While you walk").await;
    }
    copy.catch_up(&desk, 30).await;
    copy.assert_whole(&desk).await;

    let idle = desk.get(&format!("/api/changes?cursor={}", copy.cursor)).await;
    assert_eq!(
        (&idle["conversations"], &idle["more"], &idle["cursor"]),
        (&json!([]), &json!(false), &json!(copy.cursor))
    );
}

#[tokio::test]
async fn afterwards_only_what_changed_each_once_in_order() {
    let desk = Desk::start().await;
    let mut copy = Copy::default();
    copy.catch_up(&desk, 250).await;
    let ids = desk.ids("status=active&channel=email").await;
    for id in &ids[..6] {
        desk.customer_writes(id, "One").await;
        desk.customer_writes(id, "Two").await;
    }
    let page = desk.get(&format!("/api/changes?limit=4&cursor={}", copy.cursor)).await;
    let rows = page["conversations"].as_array().unwrap();
    let seqs: Vec<_> = rows.iter().map(|row| row["seq"].as_i64().unwrap()).collect();
    assert!(seqs.is_sorted() && rows.iter().all(|row| row["preview"]["text"] == "Two"));
    assert_eq!((rows.len(), &page["more"], &page["backfilling"]), (4, &json!(true), &json!(false)));
    copy.catch_up(&desk, 4).await;
    copy.assert_whole(&desk).await;
}

#[tokio::test]
async fn a_row_is_never_older_than_what_it_tells_of() {
    let desk = Desk::start().await;
    let mut copy = Copy::default();
    copy.catch_up(&desk, 250).await;
    // One contact with two conversations: blocking them on one is told of both.
    let first = desk.written_by("ada@mail.example", "First").await;
    desk.change(&[&first], json!({ "status": "archived" })).await;
    let second = desk.written_by("ada@mail.example", "Second").await;
    assert_ne!(first, second);
    copy.catch_up(&desk, 250).await;
    desk.change(&[&second], json!({ "block": true })).await;
    copy.catch_up(&desk, 250).await;
    assert_eq!(copy.rows[&first]["contact"]["blocked"], true);
    copy.assert_whole(&desk).await;
    // A window closes without a change: whoever walks later is told.
    let open = desk.one("channel=whatsapp&window=open").await;
    assert_eq!(copy.rows[&open]["reply_window"], "open");
    desk.pass(super::DAY).await;
    let mut later = Copy::default();
    later.catch_up(&desk, 250).await;
    assert_eq!(later.rows[&open]["reply_window"], "closed");
    later.assert_whole(&desk).await;
}

#[tokio::test]
async fn places_that_are_none() {
    let desk = Desk::start().await;
    for (query, status, code) in [
        ("cursor=nonsense", 422, "bad_cursor"),
        ("limit=0", 422, "invalid"),
        ("limit=251", 422, "invalid"),
        ("limit=many", 422, "invalid"),
        ("cursor=i.00000000.1", 409, "cursor_gone"),
    ] {
        let response =
            desk.as_agent(desk.http.get(desk.url(&format!("/api/changes?{query}")))).send().await.unwrap();
        assert_eq!(answer(response, status).await["error"]["code"], code, "{query}");
    }
}
