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
}

impl From<Vec<AudienceItem>> for Recipients {
    fn from(items: Vec<AudienceItem>) -> Self {
        Self { items: Arc::new(items) }
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
    fn deref_mut(&mut self) -> &mut Self::Target {
        Arc::make_mut(&mut self.items)
    }
}
