use muster_model::{Effect, OwnEffect, Priority};
use proptest::prelude::*;

use super::*;

fn item() -> impl Strategy<Value = AudienceItem> {
    let id = prop_oneof![r"[0-9]{1,7}", r"conv-[0-9a-f]{4}-[0-9a-f]{8}", "[aäöé€😀]{0,6}"];
    let at = || prop_oneof![Just(None), any::<i64>().prop_map(Some), (0..9i64).prop_map(Some)];
    let verdict = prop_oneof![Just("will_send"), Just("same_person_twice"), Just("")];
    let channel = prop_oneof![Just(Channel::Email), Just(Channel::Sms), Just(Channel::from("pigeon"))];
    let own = |priority| {
        let effect = Effect::Priority(priority);
        // The same for all: an undo shares it.
        Just(Some(Arc::from([OwnEffect { effect, expects: None }])))
    };
    let own = prop_oneof![4 => Just(None), 2 => own(Priority::High), 1 => own(Priority::Low)];
    let values = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(".{0,5}", 1..3)];
    ((id, any::<i64>(), at(), at()), (values, verdict, any::<bool>(), channel, any::<(bool, bool)>(), own))
        .prop_map(
            |(
                (id, stamp, last_inbound, last_outbound),
                (values, verdict, takes_part, channel, (with_files, approved), own),
            )| {
                AudienceItem {
                    id: RemoteId::new(id),
                    stamp,
                    last_inbound,
                    last_outbound,
                    values,
                    verdict: verdict.to_owned(),
                    takes_part,
                    channel,
                    with_files,
                    approved,
                    own,
                }
            },
        )
}

proptest! {
    #[test]
    fn what_was_packed_is_unpacked(items in prop::collection::vec(item(), 0..40)) {
        prop_assert_eq!(unpack(&pack(&items).unwrap()).unwrap(), items);
    }

    #[test]
    fn damaged_bytes_are_an_error_or_other_items(
        items in prop::collection::vec(item(), 1..5), place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let mut bytes = pack(&items).unwrap();
        let place = place.index(bytes.len());
        if cut {
            bytes.truncate(place);
            prop_assert!(unpack(&bytes).is_err());
        } else {
            bytes[place] = byte;
            let _ = unpack(&bytes);
        }
    }
}

#[test]
fn another_version_is_not_guessed_at() {
    let mut bytes = pack(&[]).unwrap();
    bytes[0] = 1;
    assert!(unpack(&bytes).is_err());
    assert!(unpack(&[]).is_err());
}

#[test]
fn a_hundred_thousand_like_a_help_desk_has_them_take_little() {
    let of = |n: i64| AudienceItem {
        id: RemoteId::new((200_000 + n).to_string()),
        stamp: 1_700_000_000_000 + n * 7_001,
        last_inbound: Some(1_700_000_000_000 + n * 6_007),
        last_outbound: (n % 3 > 0).then_some(1_700_000_000_000 + n * 5_003),
        values: Vec::new(),
        verdict: "will_change".to_owned(),
        takes_part: true,
        channel: Channel::Email,
        with_files: false,
        approved: false,
        own: None,
    };
    let items: Vec<AudienceItem> = (0..100_000).map(of).collect();
    let packed = pack(&items).unwrap();
    assert!(packed.len() < 12 * items.len(), "{} bytes", packed.len());
    assert_eq!(unpack(&packed).unwrap(), items);
}
