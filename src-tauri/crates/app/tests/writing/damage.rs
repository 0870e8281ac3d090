//! A window whose copy breaks under it: it says so, fetches everything again, and loses nothing that was written.

use std::path::PathBuf;

use muster_app::wire::{AccountRef, ConversationRef, ListRequest, ReplyRequest};

use crate::bench::Bench;

impl Bench {
    fn file(&self, name: &str) -> PathBuf {
        self.data().join(&self.account).join(name)
    }

    async fn list(&self) -> Option<usize> {
        let request = ListRequest {
            account: self.account.clone(),
            filter: "is:active channel:email".into(),
            after: None,
            limit: 200,
        };
        self.app.list(request).await.ok().map(|page| page.rows.len())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_breaks_under_the_window_is_fetched_again_and_nothing_written_is_lost() {
    let bench = Bench::start().await;
    let id = bench.ids("status=active&channel=email").await.swap_remove(0);
    let before = bench.list().await;
    bench.save(&id, "reply", "Half a sentence", &[]).await;
    // Everything behind the first page, in the file and in what SQLite keeps beside it.
    for name in ["cache.db", "cache.db-wal"] {
        let path = bench.file(name);
        let mut bytes = std::fs::read(&path).unwrap();
        let from = 4096.min(bytes.len());
        bytes[from..].fill(0x5a);
        std::fs::write(path, bytes).unwrap();
    }
    let state = async || bench.app.account_state(AccountRef { account: bench.account.clone() }).await;
    bench
        .until("fetched again, and said", async || {
            // Looking is what comes upon the damage.
            bench.list().await;
            bench.app.thread(ConversationRef { account: bench.account.clone(), id: id.clone() }).await.ok();
            state().await.is_ok_and(|state| state.sync.remark.is_some() && !state.sync.first)
        })
        .await;
    let now = state().await.unwrap();
    assert_eq!((now.health.as_str(), now.cached), ("ready", 120));
    assert!(now.sync.remark.unwrap().starts_with("The copy on this computer was damaged"));
    assert_eq!(bench.list().await, before);
    assert_eq!(bench.draft(&id).await.unwrap().text, "Half a sentence");
    // And it works: what is written leaves, once.
    let reply = ReplyRequest { hold: Some(0), ..bench.reply(&id, "All is well again.") };
    bench.app.reply(reply).await.unwrap();
    bench.until("sent", async || bench.sent(&id).await.len() == 1).await;
    bench.stop().await;
}
