//! Whom a job is about, on its way into the journal.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use muster_model::AudienceItem;

/// The items of a new job. The journal keeps them as they are instead of copying or reading back a hundred thousand;
/// whoever changes them meanwhile changes a copy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recipients {
    pub(super) items: Arc<Vec<AudienceItem>>,
    pub(super) cached_at: Option<i64>,
}

impl Recipients {
    /// Notes that all of them were in the cache when its sequence was this, or later. Then how many are pending can be
    /// said without looking for them there, as long as nothing is taken out.
    #[must_use]
    pub fn cached_at(self, sequence: i64) -> Self {
        Self { cached_at: Some(sequence), ..self }
    }
}

impl From<Vec<AudienceItem>> for Recipients {
    fn from(items: Vec<AudienceItem>) -> Self {
        Self { items: Arc::new(items), cached_at: None }
    }
}

impl FromIterator<AudienceItem> for Recipients {
    fn from_iter<T: IntoIterator<Item = AudienceItem>>(items: T) -> Self {
        Vec::from_iter(items).into()
    }
}

impl Deref for Recipients {
    type Target = Vec<AudienceItem>;

    fn deref(&self) -> &Self::Target {
        &self.items
    }
}

impl DerefMut for Recipients {
    /// What is put in now may be cached or not.
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.cached_at = None;
        Arc::make_mut(&mut self.items)
    }
}
