//! "Bulk Actions".

use serde_json::json;

use super::super::Desk;

/// "Use Remove Tags to remove specific tags or all tags from selected contacts."
#[tokio::test]
async fn specific_tags_or_all_of_them_are_removed() {
    let desk = Desk::start().await;
    let ids = desk.ids("status=active&channel=email").await;
    let (one, all) = (&ids[0], &ids[1]);
    desk.change(&[one, all], json!({ "add_tags": ["refund", "late", "vip"] })).await;
    desk.change(&[one], json!({ "remove_tags": ["late"] })).await;
    desk.change(&[all], json!({ "remove_all_tags": true })).await;
    let tags = desk.conversation(one).await["tags"].as_array().unwrap().clone();
    assert!(tags.contains(&json!("refund")) && !tags.contains(&json!("late")));
    assert_eq!(desk.conversation(all).await["tags"], json!([]));
}

/// "Use filters to narrow results by: Date range, Status, Action type, User."
#[tokio::test]
async fn runs_are_narrowed_by_time_kind_and_user() {
    let desk = Desk::start().await;
    let ids = desk.ids("status=active&channel=email").await;
    desk.change(&[&ids[0], &ids[1]], json!({ "add_tags": ["a"] })).await;
    desk.pass(3_600).await;
    desk.change(&[&ids[0], &ids[1]], json!({ "add_tags": ["b"] })).await;
    let runs = async |query: &str| {
        desk.get(&format!("/api/bulk-runs?{query}")).await["runs"].as_array().unwrap().len()
    };
    assert_eq!(runs("").await, 2);
    assert_eq!(runs("since=2026-05-20T15:00:00Z").await, 1);
    assert_eq!(runs("until=2026-05-20T15:00:00Z").await, 1);
    assert_eq!(runs("kind=reply").await, 0);
    assert_eq!(runs("by=mira@brindlewick.example&limit=1").await, 1);
}
