//! One reply: what stops it, how it is taken back, and what arrives.

use base64::{Engine, prelude::BASE64_STANDARD};
use muster_app::ErrorCode;
use muster_app::wire::{AttachFile, JobRef, ReplyRequest};

use crate::bench::Bench;

#[tokio::test]
async fn a_collision_stops_it_and_taking_it_back_keeps_everything() {
    let bench = Bench::start().await;
    let id = bench.ids("status=active&channel=email").await.remove(0);
    bench.messages(&id).await;
    let file = AttachFile {
        account: bench.account.clone(),
        name: "label.pdf".into(),
        mime: "application/pdf".into(),
        data: BASE64_STANDARD.encode(b"%PDF-1.7"),
    };
    let file = bench.app.attach_file(file).await.unwrap();
    let files = vec![file.id.clone()];
    bench.save(&id, "reply", "Dear Marta, the label", &files).await.unwrap();

    bench.colleague_replies(&id, "The label is on its way.").await;
    bench.until("it is stale", async || bench.draft(&id).await.unwrap().stale.is_some()).await;
    let reply = ReplyRequest { files, ..bench.reply(&id, "Dear Marta, the label is attached.") };
    let refused = bench.app.reply(reply.clone()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    // The name as soon as the thread says it; the answer itself is known before.
    assert!(refused.message.ends_with(" ago. Not sent, your draft is kept."), "{}", refused.message);
    bench
        .until("the thread says who it was", async || {
            let stale = bench.draft(&id).await.unwrap().stale.unwrap();
            stale.starts_with("Written before Jonas replied at ")
        })
        .await;
    let refused = bench.app.reply(reply.clone()).await.unwrap_err();
    assert!(refused.message.starts_with("Jonas replied "), "{}", refused.message);
    let kept = bench.draft(&id).await.unwrap();
    assert_eq!((kept.text.as_str(), kept.files), ("Dear Marta, the label is attached.", vec![file.clone()]));
    assert!(bench.sent(&id).await.is_empty());

    let job = bench.app.reply(ReplyRequest { anyway: true, hold: Some(600), ..reply.clone() }).await.unwrap();
    assert_eq!((job.state.as_str(), bench.draft(&id).await), ("holding", None));
    // A save that was on its way comes too late to begin it anew.
    assert_eq!(bench.save(&id, "reply", &reply.text, &reply.files).await, None);
    let stopped = bench.app.cancel_job(JobRef { account: bench.account.clone(), job: job.id }).await.unwrap();
    assert_eq!(stopped.conversation, Some(id.clone()));
    let back = bench.draft(&id).await.unwrap();
    assert_eq!((back.text, back.files, back.stale), (reply.text.clone(), vec![file], None));
    assert!(bench.sent(&id).await.is_empty());

    bench.app.reply(ReplyRequest { hold: Some(0), ..reply.clone() }).await.unwrap();
    bench.until("it arrived", async || !bench.sent(&id).await.is_empty()).await;
    let sent = bench.sent(&id).await;
    assert_eq!((sent.len(), &sent[0]["text"]), (1, &reply.text.as_str().into()));
    assert_eq!(
        (&sent[0]["attachments"][0]["name"], &sent[0]["attachments"][0]["size"]),
        (&"label.pdf".into(), &8.into())
    );

    // My own reply is no news to what I write next.
    bench.save(&id, "reply", "One more thing", &[]).await.unwrap();
    bench
        .until("it is in the thread", async || {
            bench.messages(&id).await.iter().any(|message| message.delivery.as_deref() == Some("sent"))
        })
        .await;
    assert_eq!(bench.draft(&id).await.unwrap().stale, None);
    bench.stop().await;
}

#[tokio::test]
async fn mail_can_be_taken_back_and_chat_is_live() {
    let bench = Bench::start().await;
    for (channel, state) in [("email", "holding"), ("chat", "running")] {
        let id = bench.ids(&format!("status=active&channel={channel}")).await.remove(0);
        bench.messages(&id).await;
        let job = bench.app.reply(bench.reply(&id, "Hello")).await.unwrap();
        let is = if job.state == "completed" { "running" } else { job.state.as_str() };
        assert_eq!(is, state, "{channel}");
    }
    bench.stop().await;
}

#[tokio::test]
async fn what_the_plan_blocks_is_kept_as_well() {
    let bench = Bench::start().await;
    let id = bench.ids("status=active&channel=voice").await.remove(0);
    let refused = bench.app.reply(bench.reply(&id, "Hello")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::BadInput);
    assert_eq!(bench.draft(&id).await.unwrap().text, "Hello");
    let empty = bench.app.reply(bench.reply(&id, " ")).await.unwrap_err();
    assert_eq!(empty.code, ErrorCode::BadInput);
    bench.stop().await;
}
