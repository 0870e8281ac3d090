//! The texts of one run that have one word, and where in each of them it stands.
//!
//! Which texts: nothing where all have it, a bit for each text where many have it, else the gaps between them. Where: for
//! each text how often, then the distances. They stand apart from each other, because only phrases ask where.

use super::{
    bits::{BitReader, BitWriter, suits},
    marks::Marks,
};

/// A word at a place of a text of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The text, by its number in the run.
    pub text: u32,
    /// Words before it, and one more at every border.
    pub at: u32,
}

/// From one in so many texts on, a bit for every text is shorter.
const MANY: usize = 3;

/// The parts of a rising list that are of one text.
fn by_text(places: &[Place]) -> impl Iterator<Item = &[Place]> {
    places.chunk_by(|a, b| a.text == b.text)
}

/// Puts a rising list down: which texts of so many, and where. Says in how many texts the word is.
pub(super) fn encode(places: &[Place], texts: usize, which: &mut Vec<u8>, wheres: &mut Vec<u8>) -> usize {
    let (mut n, mut sum, mut last) = (0usize, 0u64, None);
    for place in places {
        let is_new = last.is_none_or(|last: Place| last.text != place.text);
        n += usize::from(is_new);
        sum += u64::from(distance(if is_new { None } else { last }, *place));
        last = Some(*place);
    }
    put_texts(places, n, texts, which);
    let k = suits(sum, places.len());
    wheres.push(k.to_le_bytes()[0]);
    let mut bits = BitWriter::new(wheres);
    for places in by_text(places) {
        bits.rice(u32::try_from(places.len() - 1).unwrap_or(u32::MAX), 0);
        let mut last = None;
        for place in places {
            bits.rice(distance(last, *place), k);
            last = Some(*place);
        }
    }
    bits.finish();
    n
}

/// How far a place is behind the one before in its text.
fn distance(last: Option<Place>, place: Place) -> u32 {
    last.map_or(place.at, |last| (place.at - last.at).saturating_sub(1))
}

fn put_texts(places: &[Place], n: usize, texts: usize, which: &mut Vec<u8>) {
    if n == texts {
        return;
    }
    if n * MANY >= texts {
        let mut marks = Marks::none(texts);
        places.iter().for_each(|place| marks.mark(place.text));
        which.extend(marks.bytes(texts));
        return;
    }
    let k = gap_parameter(n, texts);
    let mut bits = BitWriter::new(which);
    let mut next = 0;
    for text in by_text(places).filter_map(|places| places.first()).map(|place| place.text) {
        bits.rice(text - next, k);
        next = text + 1;
    }
    bits.finish();
}

/// Both sides know how many there are: nobody needs to write it.
fn gap_parameter(n: usize, texts: usize) -> u32 {
    suits((texts - n) as u64, n)
}

/// Calls `found` with each of the `n` texts of so many that have the word, rising; none if the bytes are damaged.
#[inline]
fn each_text(which: &[u8], n: usize, texts: usize, mut found: impl FnMut(u32)) -> Option<()> {
    let end = u32::try_from(texts).ok()?;
    if n >= texts {
        (0..end).for_each(found);
        return (n == texts).then_some(());
    }
    if n * MANY >= texts {
        let mut marks = Marks::none(texts);
        marks.plus_bytes(which);
        let mut met = 0;
        for text in marks.iter().take_while(|text| *text < end) {
            found(text);
            met += 1;
        }
        return (met == n).then_some(());
    }
    let k = gap_parameter(n, texts);
    let mut bits = BitReader::new(which);
    let mut next = 0u32;
    for _ in 0..n {
        let text = next.checked_add(bits.rice(k)?).filter(|text| *text < end)?;
        found(text);
        next = text + 1;
    }
    Some(())
}

/// Marks the texts that have the word; none if the bytes are damaged.
pub(super) fn mark(which: &[u8], n: usize, texts: usize, marks: &mut Marks) -> Option<()> {
    if n < texts && n * MANY >= texts {
        marks.plus_bytes(which);
        return Some(());
    }
    each_text(which, n, texts, |text| marks.mark(text))
}

/// Adds the places of the word in those texts that `number` gives a number; none if the bytes are damaged.
pub(super) fn decode(
    (which, wheres): (&[u8], &[u8]),
    n: usize,
    texts: usize,
    number: impl Fn(u32) -> Option<u32>,
    places: &mut Vec<Place>,
) -> Option<()> {
    let (&k, wheres) = wheres.split_first()?;
    let k = u32::from(k);
    if k > 31 {
        return None;
    }
    let mut bits = BitReader::new(wheres);
    let mut is_whole = true;
    each_text(which, n, texts, |text| {
        is_whole = is_whole && one_text(&mut bits, k, number(text), places).is_some();
    })?;
    is_whole.then_some(())
}

#[inline]
fn one_text(bits: &mut BitReader<'_>, k: u32, text: Option<u32>, places: &mut Vec<Place>) -> Option<()> {
    let more = bits.rice(0)?;
    let mut at = bits.rice(k)?;
    places.extend(text.map(|text| Place { text, at }));
    for _ in 0..more {
        at = at.checked_add(bits.rice(k)?)?.checked_add(1)?;
        places.extend(text.map(|text| Place { text, at }));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{
        collection::{btree_set, vec},
        prelude::*,
    };

    use super::*;

    fn some_places() -> impl Strategy<Value = BTreeSet<(u32, u32)>> {
        prop_oneof![
            btree_set((0u32..100, 0u32..400), 1..9),
            btree_set((0u32..100, 0u32..30), 1..300),
            btree_set((0u32..100, prop_oneof![0u32..9, 0u32..90_000]), 200..400),
            Just((0..100).map(|text| (text, 3)).collect()),
        ]
    }

    proptest! {
        #[test]
        fn lists_come_back(places in some_places()) {
            let places: Vec<Place> = places.into_iter().map(|(text, at)| Place { text, at }).collect();
            let (mut which, mut wheres) = (Vec::new(), Vec::new());
            let n = encode(&places, 100, &mut which, &mut wheres);
            let expected: BTreeSet<u32> = places.iter().map(|place| place.text).collect();
            prop_assert_eq!(n, expected.len());
            let mut marks = Marks::none(100);
            prop_assert!(mark(&which, n, 100, &mut marks).is_some());
            prop_assert_eq!(marks.iter().collect::<BTreeSet<u32>>(), expected);
            let mut found = Vec::new();
            prop_assert!(decode((&which, &wheres), n, 100, Some, &mut found).is_some());
            prop_assert_eq!(&found, &places);
            let mut odd = Vec::new();
            let number = |text| (text % 2 == 1).then_some(text / 2);
            prop_assert!(decode((&which, &wheres), n, 100, number, &mut odd).is_some());
            let expected: Vec<Place> = places.iter().filter(|place| place.text % 2 == 1)
                .map(|place| Place { text: place.text / 2, at: place.at }).collect();
            prop_assert_eq!(odd, expected);
        }

        #[test]
        fn damaged_lists_are_told(which in vec(any::<u8>(), 0..40), wheres in vec(any::<u8>(), 0..40), n in 0usize..120) {
            let (mut marks, mut places) = (Marks::none(100), Vec::new());
            _ = mark(&which, n, 100, &mut marks);
            let is_whole = decode((&which, &wheres), n, 100, Some, &mut places).is_some();
            prop_assert!(places.iter().all(|place| place.text < 100));
            prop_assert!(!is_whole || places.is_sorted());
        }
    }
}
