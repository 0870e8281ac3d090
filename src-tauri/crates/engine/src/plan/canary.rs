//! The canary: the first few of a job come from all its channels, so that they show what all the others will meet.

use muster_model::{AudienceItem, Channel};

/// Puts the first `n` who take part in front, taken in turn from each channel; everybody else keeps the order.
pub(super) fn first_from_all_channels(audience: Vec<AudienceItem>, n: usize) -> Vec<AudienceItem> {
    let mut channels: Vec<(&Channel, Vec<usize>)> = Vec::new();
    for (index, item) in audience.iter().enumerate().filter(|(_, item)| item.takes_part) {
        match channels.iter_mut().find(|(channel, _)| **channel == item.channel) {
            Some((_, indexes)) => indexes.push(index),
            None => channels.push((&item.channel, vec![index])),
        }
    }
    let longest = channels.iter().map(|(_, indexes)| indexes.len()).max().unwrap_or(0);
    let turns =
        (0..longest).flat_map(|turn| channels.iter().filter_map(move |(_, indexes)| indexes.get(turn)));
    let first: Vec<usize> = turns.copied().take(n).collect();
    let mut rest: Vec<Option<AudienceItem>> = audience.into_iter().map(Some).collect();
    let mut ordered: Vec<AudienceItem> = first.into_iter().filter_map(|index| rest[index].take()).collect();
    ordered.extend(rest.into_iter().flatten());
    ordered
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn item(word: &str) -> AudienceItem {
        let (channel, _) = word.split_at(1);
        AudienceItem {
            id: word.into(),
            stamp: 0,
            last_inbound: None,
            last_outbound: None,
            values: Vec::new(),
            verdict: String::new(),
            takes_part: !word.ends_with('-'),
            channel: Channel::from(channel),
            with_files: false,
            approved: false,
            own: None,
        }
    }

    #[rstest]
    #[case(3, "e1 e2 e3 s1 c1 e4", "e1 s1 c1 e2 e3 e4")]
    #[case(4, "e1 e2 e3 s1 c1 e4", "e1 s1 c1 e2 e3 e4")]
    #[case(5, "s1- e1 e2 s2", "e1 s2 e2 s1-")]
    #[case(0, "e1 s1", "e1 s1")]
    #[case(2, "", "")]
    fn channels_take_turns(#[case] n: usize, #[case] audience: &str, #[case] ordered: &str) {
        let audience = audience.split_whitespace().map(item).collect();
        let words: Vec<String> =
            first_from_all_channels(audience, n).iter().map(|item| item.id.to_string()).collect();
        assert_eq!(words.join(" "), ordered);
    }
}
