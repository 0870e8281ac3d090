//! Approved texts: what reaches a WhatsApp conversation whose window is closed, alone and in a mass reply.

use muster_app::wire::{ApprovedView, EditPlan, PlanRequest, PlanView, ReplyRequest, SelectionView};
use muster_app::wire::{ChangeView, ConfirmRequest, ConversationRef, FillRequest, MessageRequest};
use serde_json::Value;

use crate::bench::Bench;

const CHOSEN: &str = "issue_resolved";

fn chosen(fill: &str) -> Option<ApprovedView> {
    Some(ApprovedView { name: CHOSEN.to_owned(), fills: vec![fill.to_owned()] })
}

fn edit(plan: &PlanView, text: &str, approved: Option<ApprovedView>) -> EditPlan {
    EditPlan {
        plan: plan.plan.clone(),
        name: None,
        change: ChangeView::default(),
        reply: Some(text.to_owned()),
        drop: plan.drop.clone(),
        leave_out: plan.leave_out.clone(),
        sending: muster_app::wire::SendingView { hold: Some(0), ..plan.sending.clone() },
        files: Vec::new(),
        fills: Vec::new(),
        once_per_person: false,
        approved,
    }
}

fn counts(plan: &PlanView, verdict: &str) -> u32 {
    plan.groups.iter().find(|group| group.verdict == verdict).map_or(0, |group| group.count)
}

#[tokio::test]
async fn one_is_sent_where_nothing_else_goes() {
    let bench = Bench::start().await;
    let id = bench.ids("status=active&channel=whatsapp&window=closed").await.remove(0);
    bench.messages(&id).await;
    let thread = bench.app.thread(ConversationRef { account: bench.account.clone(), id: id.clone() });
    let thread = thread.await.unwrap();
    assert!(thread.reply_blocked.as_deref().unwrap().contains("Only approved texts go"));
    let text = thread.approved_texts.iter().find(|text| text.name == CHOSEN).unwrap();
    assert_eq!((text.gaps, text.text.contains("{{1}}")), (1, true));

    // Before it leaves it reads as it will, and says what is missing.
    let asked = ["{{customer_name}}", "{{contact.custom_fields.nothing}}", "plain", "{{who}}"];
    let asked = FillRequest {
        account: bench.account.clone(),
        id: id.clone(),
        texts: asked.into_iter().map(str::to_owned).collect(),
    };
    let filled = bench.app.fill(asked).await.unwrap().texts;
    let filled: Vec<(&str, bool)> = filled.iter().map(|one| (one.text.as_str(), one.open)).collect();
    let name = thread.row.name.as_str();
    let missing = "{{contact.custom_fields.nothing}}";
    assert_eq!(filled, [(name, false), (missing, true), ("plain", false), ("{{who}}", true)]);

    let refused = bench.app.reply(bench.reply(&id, "Hello")).await.unwrap_err();
    assert!(refused.message.contains("indow closed"), "{}", refused.message);
    let open =
        bench.app.reply(ReplyRequest { approved: chosen(" "), ..bench.reply(&id, "") }).await.unwrap_err();
    assert!(open.message.contains("Fill in the gaps"), "{}", open.message);
    let gone = ApprovedView { name: "spring_sale".into(), fills: Vec::new() };
    let gone =
        bench.app.reply(ReplyRequest { approved: Some(gone), ..bench.reply(&id, "") }).await.unwrap_err();
    assert!(gone.message.contains("no approved text \"spring_sale\""), "{}", gone.message);
    assert!(bench.sent(&id).await.is_empty());

    let reply = ReplyRequest {
        approved: chosen("{{customer_first_name|there}}"),
        hold: Some(0),
        ..bench.reply(&id, "")
    };
    bench.app.reply(reply).await.unwrap();
    bench.until("it arrived", async || !bench.sent(&id).await.is_empty()).await;
    let sent = bench.sent(&id).await;
    let said = sent.iter().filter(|message| message["kind"] == "message").collect::<Vec<_>>();
    assert_eq!(said.len(), 1);
    let expected = text.text.replace("{{1}}", "");
    let (before, after) = text.text.split_once("{{1}}").unwrap();
    let words = said[0]["text"].as_str().unwrap();
    assert!(words.starts_with(before) && words.ends_with(after) && words.len() > expected.len(), "{words}");
    assert!(!words.contains("{{"), "{words}");
    bench.stop().await;
}

#[tokio::test]
async fn a_mass_reply_reaches_both_sides_of_the_window() {
    let bench = Bench::start().await;
    let whatsapp = bench.ids("status=active&channel=whatsapp&window=closed").await;
    let facebook = bench.ids("status=active&channel=facebook&window=closed").await;
    let mail = bench.ids("status=active&channel=email").await;
    let ids: Vec<String> = [&whatsapp[..1], &facebook[..1.min(facebook.len())], &mail[..1]].concat();
    let selection = SelectionView { ids: Some(ids.clone()), filter: None, except: Vec::new() };
    let request = PlanRequest {
        account: bench.account.clone(),
        selection,
        change: ChangeView::default(),
        reply: Some("Hello {{customer_first_name|there}}, it is solved.".to_owned()),
    };
    let text = request.reply.clone().unwrap();
    let plan = bench.app.plan(request).await.unwrap();
    let outside = u32::try_from(1 + facebook.len().min(1)).unwrap();
    assert_eq!((counts(&plan, "window_closed"), counts(&plan, "approved_text")), (outside, 0));
    assert!(plan.approved_texts.iter().any(|text| text.name == CHOSEN));
    let without = plan.count;

    let plan = bench.app.edit_plan(edit(&plan, &text, chosen("{{customer_name}}"))).await.unwrap();
    assert_eq!((counts(&plan, "window_closed"), counts(&plan, "approved_text")), (outside - 1, 1));
    assert_eq!(plan.count, without + 1, "the number on the button holds those too");
    let request = MessageRequest { plan: plan.plan.clone(), id: whatsapp[0].clone() };
    let shown = bench.app.plan_message(request).await.unwrap();
    let shown: String = shown.parts.iter().map(|part| part.text.as_str()).collect();
    let request = ConfirmRequest { plan: plan.plan, revision: plan.revision, count: plan.count };
    assert!(bench.app.confirm(request).await.unwrap().job.is_some());
    bench
        .until("both arrived", async || {
            !bench.sent(&whatsapp[0]).await.is_empty() && !bench.sent(&mail[0]).await.is_empty()
        })
        .await;
    let words = |sent: Vec<Value>| sent[0]["text"].as_str().unwrap().to_owned();
    assert_eq!(words(bench.sent(&whatsapp[0]).await), shown, "as the plan showed it");
    assert!(words(bench.sent(&mail[0]).await).ends_with("it is solved."));
    if let Some(closed) = facebook.first() {
        assert!(bench.sent(closed).await.is_empty(), "approved texts are WhatsApp's");
    }
    bench.stop().await;
}
