//! An audience as bytes: a version byte, then item after item in postcard, each as what differs from the one before.
//!
//! A hundred thousand items are about two megabytes, packed in one pass. What is written is encrypted, authenticated and
//! synced page by page while somebody waits for the confirmation, so that every byte left out counts.

use std::{collections::HashMap, sync::Arc};

use muster_model::{AudienceItem, Channel, OwnEffect, RemoteId};
use serde::{Deserialize, Serialize};

use crate::{Result, StoreError, column::to_json};

const VERSION: u8 = 4;

/// What many items have in common, written where it first occurs.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Kind {
    verdict: String,
    takes_part: bool,
    channel: Channel,
    with_files: bool,
    approved: bool,
    has_inbound: bool,
    has_outbound: bool,
    has_extras: bool,
}

/// What every item has: where its id differs from the one before, and by how much its numbers do.
#[derive(Serialize, Deserialize)]
struct Own<'a> {
    shared: usize,
    rest: &'a str,
    stamp: i64,
    last_inbound: i64,
    last_outbound: i64,
}

/// What few items have.
#[derive(Serialize, Deserialize)]
struct Extras<Values> {
    values: Values,
    /// Which effects of its own, counted from 1 in the order in which they first occur; there they follow, in JSON:
    /// effects are told apart by their shape, which only a self-describing format can do.
    own: usize,
}

/// What the next item is told apart from.
#[derive(Default)]
struct Before {
    stamp: i64,
    last_inbound: i64,
    last_outbound: i64,
}

pub(crate) fn pack(items: &[AudienceItem]) -> Result<Vec<u8>> {
    let mut bytes = postcard::to_extend(&items.len(), vec![VERSION])?;
    let mut kinds: Vec<Kind> = Vec::new();
    let (mut kind, mut before, mut id_before) = (0, Before::default(), "");
    let mut owns: HashMap<String, usize> = HashMap::new();
    let mut own_before: Option<(&Arc<[OwnEffect]>, usize)> = None;
    for item in items {
        // Neighbours are often of one kind.
        if !kinds.get(kind).is_some_and(|kind| kind.is_of(item)) {
            kind = kinds.iter().position(|kind| kind.is_of(item)).unwrap_or(kinds.len());
        }
        bytes = postcard::to_extend(&kind, bytes)?;
        if kind == kinds.len() {
            let new = Kind::of(item);
            bytes = postcard::to_extend(&new, bytes)?;
            kinds.push(new);
        }
        let id = item.id.as_str();
        let shared = shared(id_before, id);
        let own = Own {
            shared,
            rest: id.get(shared..).unwrap_or_default(),
            stamp: item.stamp.wrapping_sub(before.stamp),
            last_inbound: item.last_inbound.map_or(0, |at| at.wrapping_sub(before.last_inbound)),
            last_outbound: item.last_outbound.map_or(0, |at| at.wrapping_sub(before.last_outbound)),
        };
        bytes = postcard::to_extend(&own, bytes)?;
        if has_extras(item) {
            let known = owns.len();
            let (number, new) = match (&item.own, own_before) {
                (None, _) => (0, None),
                // Neighbours often share theirs.
                (Some(own), Some((before, number))) if Arc::ptr_eq(own, before) => (number, None),
                (Some(own), _) => {
                    let json = to_json(&own.as_ref())?;
                    let number = owns.get(&json).copied().unwrap_or(known + 1);
                    own_before = Some((own, number));
                    (number, Some(json).filter(|_| number > known))
                }
            };
            bytes = postcard::to_extend(&Extras { values: &item.values, own: number }, bytes)?;
            if let Some(own) = new {
                bytes = postcard::to_extend(&own, bytes)?;
                owns.insert(own, number);
            }
        }
        before.pass(item);
        id_before = id;
    }
    Ok(bytes)
}

pub(crate) fn unpack(bytes: &[u8]) -> Result<Vec<AudienceItem>> {
    let Some((&VERSION, bytes)) = bytes.split_first() else {
        return Err(StoreError::corrupt("an audience of an unknown version"));
    };
    let (n, mut bytes): (usize, _) = postcard::take_from_bytes(bytes)?;
    let mut kinds: Vec<Kind> = Vec::new();
    let mut owns: Vec<Arc<[OwnEffect]>> = Vec::new();
    let mut before = Before::default();
    // Every item takes several bytes: a wrong number asks for no more than that.
    let mut items: Vec<AudienceItem> = Vec::with_capacity(n.min(bytes.len()));
    for _ in 0..n {
        let kind: usize = take(&mut bytes)?;
        if kind == kinds.len() {
            kinds.push(take(&mut bytes)?);
        }
        let missing = || StoreError::corrupt("an audience names a kind of item that it does not have");
        let kind = kinds.get(kind).ok_or_else(missing)?;
        let own: Own<'_> = take(&mut bytes)?;
        let extras: Option<Extras<Vec<String>>> =
            if kind.has_extras { Some(take(&mut bytes)?) } else { None };
        let (values, number) = extras.map_or_else(Default::default, |extras| (extras.values, extras.own));
        if number == owns.len() + 1 {
            let own: &str = take(&mut bytes)?;
            let own: Vec<OwnEffect> =
                serde_json::from_str(own).map_err(|err| StoreError::corrupt(err.to_string()))?;
            owns.push(own.into());
        }
        let effects = match number.checked_sub(1) {
            None => None,
            Some(place) => Some(
                owns.get(place)
                    .cloned()
                    .ok_or_else(|| StoreError::corrupt("an audience names effects that it does not have"))?,
            ),
        };
        let id_before = items.last().map_or("", |item| item.id.as_str());
        let same = id_before
            .get(..own.shared)
            .ok_or_else(|| StoreError::corrupt("an audience shortens an id that is too short"))?;
        let item = AudienceItem {
            id: RemoteId::new(format!("{same}{}", own.rest)),
            stamp: before.stamp.wrapping_add(own.stamp),
            last_inbound: kind.has_inbound.then(|| before.last_inbound.wrapping_add(own.last_inbound)),
            last_outbound: kind.has_outbound.then(|| before.last_outbound.wrapping_add(own.last_outbound)),
            values,
            verdict: kind.verdict.clone(),
            takes_part: kind.takes_part,
            channel: kind.channel.clone(),
            with_files: kind.with_files,
            approved: kind.approved,
            own: effects,
        };
        before.pass(&item);
        items.push(item);
    }
    Ok(items)
}

impl Kind {
    fn of(item: &AudienceItem) -> Self {
        Self {
            verdict: item.verdict.clone(),
            takes_part: item.takes_part,
            channel: item.channel.clone(),
            with_files: item.with_files,
            approved: item.approved,
            has_inbound: item.last_inbound.is_some(),
            has_outbound: item.last_outbound.is_some(),
            has_extras: has_extras(item),
        }
    }

    fn is_of(&self, item: &AudienceItem) -> bool {
        self.takes_part == item.takes_part
            && self.with_files == item.with_files
            && self.approved == item.approved
            && self.has_inbound == item.last_inbound.is_some()
            && self.has_outbound == item.last_outbound.is_some()
            && self.has_extras == has_extras(item)
            && self.channel == item.channel
            && self.verdict == item.verdict
    }
}

impl Before {
    fn pass(&mut self, item: &AudienceItem) {
        self.stamp = item.stamp;
        self.last_inbound = item.last_inbound.unwrap_or(self.last_inbound);
        self.last_outbound = item.last_outbound.unwrap_or(self.last_outbound);
    }
}

fn has_extras(item: &AudienceItem) -> bool {
    !item.values.is_empty() || item.own.is_some()
}

/// How many bytes two ids begin with together, in whole characters.
fn shared(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    b.floor_char_boundary(same)
}

fn take<'a, T: Deserialize<'a>>(bytes: &mut &'a [u8]) -> Result<T> {
    let (value, rest) = postcard::take_from_bytes(bytes)?;
    *bytes = rest;
    Ok(value)
}

#[cfg(test)]
mod tests;
