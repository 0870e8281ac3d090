//! Who gets back what. Those who get the same stand side by side in the undo, so that they travel in few calls: ten
//! thousand conversations with sixty different pasts are some eighty calls instead of six hundred.

use std::collections::HashMap;
use std::sync::Arc;

use muster_model::{AudienceItem, OwnEffect};
use muster_store::Member;

/// The conversations of an undo, by what they get back.
#[derive(Default)]
pub(super) struct Backs {
    /// The places of what is given back, by what it is.
    places: HashMap<String, usize>,
    lots: Vec<Lot>,
}

/// All who get the same back.
struct Lot {
    own: Arc<[OwnEffect]>,
    items: Vec<(u32, AudienceItem)>,
}

/// What somebody gets back.
pub(super) struct Back(usize);

impl Backs {
    /// Where those stand who get this back; nowhere if it is nothing.
    pub(super) fn of(&mut self, own: Vec<OwnEffect>) -> Option<Back> {
        if own.is_empty() {
            return None;
        }
        let what = serde_json::json!(own).to_string();
        let place = *self.places.entry(what).or_insert(self.lots.len());
        if place == self.lots.len() {
            self.lots.push(Lot { own: own.into(), items: Vec::new() });
        }
        Some(Back(place))
    }

    /// Gives it to a conversation.
    pub(super) fn give(&mut self, back: &Back, member: &Member, item: AudienceItem) {
        if let Some(lot) = self.lots.get_mut(back.0) {
            lot.items.push((member.no, AudienceItem { own: Some(Arc::clone(&lot.own)), ..item }));
        }
    }

    /// All of them: lot after lot, in each in the order of the job that is undone.
    pub(super) fn into_items(self) -> Vec<AudienceItem> {
        let mut items = Vec::with_capacity(self.lots.iter().map(|lot| lot.items.len()).sum());
        for mut lot in self.lots {
            lot.items.sort_unstable_by_key(|(no, _)| *no);
            items.extend(lot.items.into_iter().map(|(_, item)| item));
        }
        items
    }
}
