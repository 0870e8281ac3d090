//! Time itself: the clock that tests move, the pace that begins anew, the line that stays open, life from a seed.

use muster_desk::{Clock, Options, Source, serve};
use serde_json::{Value, json};

use super::events::Stream;
use super::{DAY, Desk, HOUR, answer, client, text};

#[tokio::test]
async fn the_clock_goes_forward_only_and_only_where_it_may() {
    let desk = Desk::start().await;
    assert_eq!(desk.get("/api/_clock").await, json!({ "now": "2026-05-20T14:30:00.000Z", "running": false }));
    assert_eq!(desk.pass(60).await["now"], "2026-05-20T14:31:00.000Z");
    let there = json!({ "to": "2026-05-21T09:00:00+02:00" });
    assert_eq!(desk.post("/api/_clock", &there).await["now"], "2026-05-21T07:00:00.000Z");
    for (wrong, field) in [
        (json!({ "advance_ms": -1 }), "advance_ms"),
        (json!({ "advance_ms": i64::MAX }), "advance_ms"),
        (json!({ "to": "2026-05-20T14:30:00Z" }), "to"),
        (json!({ "to": "2026-05-22T14:30:00Z", "advance_ms": 1 }), "to"),
    ] {
        assert_eq!(desk.post_for(422, "/api/_clock", &wrong).await["error"]["field"], field, "{wrong}");
    }
    let real = Desk::with(|options| options.clock = Clock::system()).await;
    assert_eq!(real.post_for(404, "/api/_clock", &there).await["error"]["code"], "no_such_path");
}

#[tokio::test]
async fn a_clock_that_was_moved_is_still_ahead_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        data: Some(folder.path().to_owned()),
        source: Source::Seeded { conversations: 10 },
        clock: Clock::test(),
        ..Options::default()
    };
    let now = async |running: &muster_desk::Running| {
        let asked = client().get(format!("{}/api/_clock", running.url)).bearer_auth(&running.keys.agent);
        let said = answer(asked.send().await.unwrap(), 200).await;
        text(&said["now"]).parse::<jiff::Timestamp>().unwrap()
    };
    let running = serve(options()).await.unwrap();
    let body = json!({ "advance_ms": 10 * DAY * 1_000 });
    let moved = client().post(format!("{}/api/_clock", running.url)).bearer_auth(&running.keys.agent);
    answer(moved.json(&body).send().await.unwrap(), 200).await;
    let before = now(&running).await;
    running.stop().await;
    let running = serve(options()).await.unwrap();
    let after = now(&running).await;
    assert!(after >= before, "{before} … {after}");
}

#[tokio::test]
async fn two_tiers_of_calls_and_how_long_to_wait() {
    let desk = Desk::with(|options| {
        options.calls_per_minute = 5;
        options.calls_per_burst = Some(3);
    })
    .await;
    let call = async || {
        let response = desk.as_agent(desk.http.get(desk.url("/api/me"))).send().await.unwrap();
        let number = |name: &str| -> i64 {
            response.headers().get(name).map_or(-1, |value| value.to_str().unwrap().parse().unwrap())
        };
        let head = (
            number("x-ratelimit-limit"),
            number("x-ratelimit-remaining"),
            number("x-ratelimit-burst-remaining"),
            number("retry-after"),
        );
        (response.status().as_u16(), head)
    };
    assert_eq!(call().await, (200, (5, 4, 2, -1)));
    call().await;
    assert_eq!(call().await, (200, (5, 2, 0, -1)));
    assert_eq!(call().await, (429, (5, 2, 0, 10)));
    desk.pass(9).await;
    assert_eq!(call().await, (429, (5, 2, 0, 1)));
    desk.pass(1).await;
    call().await;
    assert_eq!(call().await, (200, (5, 0, 1, -1)));
    assert_eq!(call().await, (429, (5, 0, 1, 50)));
    desk.pass(50).await;
    assert_eq!(call().await, (200, (5, 4, 2, -1)));
}

#[tokio::test]
async fn a_silent_line_says_that_it_still_stands() {
    let desk = Desk::start().await;
    let mut stream = Stream::open(&desk, None).await;
    stream.next().await.unwrap();
    desk.pass(15).await;
    assert_eq!(stream.comment().await, ": still here");
    desk.pass(15).await;
    assert_eq!(stream.comment().await, ": still here");
}

/// Everything that happens at a lively desk within some hours.
async fn lived(seed: u64) -> (Vec<Value>, Vec<Value>) {
    let desk = Desk::with(|options| {
        options.live = true;
        options.seed = seed;
        options.source = Source::Seeded { conversations: 200 };
    })
    .await;
    let ids = desk.ids("tag=payment-issue-2026-05&status=active").await;
    let replies: Vec<_> = (0..120)
        .zip(ids.iter().cycle())
        .map(|(n, id)| json!({ "id": id, "text": "We are back.", "client_ref": format!("job/{n}") }))
        .collect();
    desk.reply(json!({ "replies": replies, "mass": true, "name": "Back" })).await;
    desk.pass(HOUR).await;
    desk.pass(3 * HOUR).await;
    let mut rows = Vec::new();
    let mut page = desk.get("/api/changes").await;
    loop {
        rows.extend(page["conversations"].as_array().unwrap().clone());
        if page["more"] == false {
            break;
        }
        page = desk.get(&format!("/api/changes?cursor={}", text(&page["cursor"]))).await;
    }
    let runs = desk.get("/api/bulk-runs").await["runs"].as_array().unwrap().clone();
    (rows, runs)
}

#[tokio::test]
async fn life_follows_from_the_seed_and_the_clock() {
    let (rows, runs) = lived(7).await;
    let again = lived(7).await;
    assert!(again == (rows.clone(), runs.clone()), "the same seed lives the same life");
    assert_ne!(lived(8).await.0, rows);
    // Customers answered the mass reply, some mails bounced, somebody wants no more; colleagues took on and swept.
    let reopened = rows.iter().filter(|row| row["last_inbound"].as_str() > Some("2026-05-20T14:30:00"));
    assert!(reopened.count() > 20);
    assert!(
        runs.iter().any(|run| run["kind"] == "change" && run["by"] != "mira@brindlewick.example"),
        "{runs:?}"
    );
    assert!(
        runs.iter()
            .any(|run| run["kind"] == "reply" && run["name"] == "Back" && run["applied"].as_i64() > Some(50))
    );
}
