//! What a thread shows of replies that have not got there.

use super::*;

#[test]
fn a_reply_is_shown_until_it_is_applied_and_a_refused_one_keeps_its_text() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(Change::default()), audience(&["c-1", "c-2", "c-3"]));
    let open = |id: &str| journal.open_replies(&RemoteId::from(id), at(100)).unwrap();
    let pending = open("c-2");
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].text, "Hello Noëlle");
    assert_eq!(pending[0].client_ref, ClientRef::new(job, 1));
    assert_eq!(pending[0].state, EffectState::Pending);
    assert_eq!(open("c-9"), vec![]);

    let claimed = journal.claim(job, 3, false, at(1), &|_: &RemoteId| None).unwrap();
    assert_eq!(open("c-1")[0].state, EffectState::Sending);
    let outcome = |item: &ClaimedItem, state, reason| Recorded {
        row: item.effects[0].row,
        state,
        reason,
        receipt: None,
        after: None,
        at: at(2),
    };
    journal
        .record(&[
            outcome(&claimed[0], EffectState::Applied, None),
            outcome(&claimed[1], EffectState::Rejected, Some(Reason::new("window_closed", "Window closed"))),
            outcome(&claimed[2], EffectState::Unknown, Some(Reason::new("no_answer", "No answer"))),
        ])
        .unwrap();
    journal.finish_job(job, at(3)).unwrap();
    assert_eq!(open("c-1"), vec![]);
    assert_eq!(open("c-2")[0].reason, Some(Reason::new("window_closed", "Window closed")));
    assert_eq!(open("c-3")[0].state, EffectState::Unknown);
    let weeks_later = at(30 * 24 * 3600);
    assert_eq!(journal.open_replies(&RemoteId::from("c-2"), weeks_later).unwrap(), vec![]);
    assert_eq!(journal.open_replies(&RemoteId::from("c-3"), weeks_later).unwrap().len(), 1);
}
