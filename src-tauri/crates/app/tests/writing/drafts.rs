//! What is being written, and what was said meanwhile.

use muster_app::ErrorCode;
use muster_app::wire::{AccountRef, SnippetsRequest};

use crate::bench::Bench;

#[tokio::test]
async fn a_draft_is_told_stale_when_somebody_wrote() {
    let bench = Bench::start().await;
    let ids = bench.ids("status=active&channel=email").await;
    let (first, second) = (&ids[0], &ids[1]);
    bench.messages(first).await;
    assert_eq!(bench.draft(first).await, None);
    let draft = bench.save(first, "reply", "Dear Marta", &[]).await.unwrap();
    assert_eq!((draft.version, draft.stale), (1, None));
    bench.save(first, "note", "Ask Aiko", &[]).await.unwrap();
    bench.save(second, "reply", "Hello", &[]).await.unwrap();

    bench.customer_writes(first, "Still nothing …").await;
    bench.until("it is stale", async || bench.draft(first).await.unwrap().stale.is_some()).await;
    let stale = bench.draft(first).await.unwrap().stale.unwrap();
    assert!(stale.starts_with("Written before the customer's reply at "), "{stale}");
    // Writing on does not make it fresh: nobody knows whether the message was seen.
    let on = bench.save(first, "reply", "Dear Marta, thanks", &[]).await.unwrap();
    assert_eq!((on.version, on.stale), (2, Some(stale)));

    let all = bench.app.drafts(AccountRef { account: bench.account.clone() }).await.unwrap().drafts;
    let all: Vec<_> = all.iter().map(|draft| (draft.kind.as_str(), draft.text.as_str())).collect();
    assert_eq!(all, [("reply", "Dear Marta, thanks"), ("reply", "Hello"), ("note", "Ask Aiko")]);
    assert_eq!(bench.save(first, "reply", "", &[]).await, None);
    let versions = bench.app.draft_versions(bench.named(first)).await.unwrap().drafts;
    let texts: Vec<_> = versions.iter().map(|version| version.text.as_str()).collect();
    assert_eq!(texts, ["Dear Marta, thanks", "Dear Marta"]);
    let mut letter = bench.named(first);
    letter.kind = "letter".into();
    assert_eq!(bench.app.draft(letter).await.unwrap_err().code, ErrorCode::BadInput);
    bench.stop().await;
}

#[tokio::test]
async fn prepared_texts_are_filled_in_for_the_customer() {
    let bench = Bench::start().await;
    let id = bench.ids("status=active&channel=email&tag=payment-issue-2026-05").await.remove(0);
    let name =
        bench.get(&format!("/api/conversations/{id}")).await["conversation"]["contact"]["name"].clone();
    let first = name.as_str().unwrap().split(' ').next().unwrap().to_owned();
    let asked = |id: Option<String>| SnippetsRequest { account: bench.account.clone(), id };
    let snippets = bench.app.snippets(asked(Some(id))).await.unwrap().snippets;
    let refund = snippets.iter().find(|snippet| snippet.shortcut == "refund-timing").unwrap();
    assert!(refund.text.contains("{{customer_first_name|there}}"), "{}", refund.text);
    let preview = refund.preview.as_deref().unwrap();
    assert!(
        preview.starts_with(&format!("Hello {first},")) && preview.ends_with("Mira, Brindlewick Goods"),
        "{preview}"
    );
    assert!(snippets.iter().all(|snippet| snippet.preview.is_some()));
    let anywhere = bench.app.snippets(asked(None)).await.unwrap().snippets;
    assert!(anywhere.len() == snippets.len() && anywhere.iter().all(|snippet| snippet.preview.is_none()));
    bench.stop().await;
}
