//! A spot check: a few recipients to skim before and after. Chosen by chance, but by the same chance every time.

use muster_model::RemoteId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Plan, PlanItem};

/// So many are skimmed.
const SKIMMED: usize = 10;

/// Ten of these, the same ones for the same seed whatever their order. A plan and the job that it becomes have the same
/// number; that is the seed of both.
#[must_use]
pub fn spot_check<'a>(ids: impl IntoIterator<Item = &'a RemoteId>, seed: Uuid) -> Vec<&'a RemoteId> {
    let mut drawn: Vec<([u8; 32], &RemoteId)> = ids.into_iter().map(|id| (lot(id, seed), id)).collect();
    if drawn.len() > SKIMMED {
        drawn.select_nth_unstable(SKIMMED);
        drawn.truncate(SKIMMED);
    }
    drawn.sort_unstable();
    drawn.into_iter().map(|(_, id)| id).collect()
}

fn lot(id: &RemoteId, seed: Uuid) -> [u8; 32] {
    Sha256::new().chain_update(seed.as_bytes()).chain_update(id.as_str()).finalize().into()
}

impl Plan {
    /// Ten who take part, the same ones as long as the audience is the same.
    #[must_use]
    pub fn spot_check(&self) -> Vec<&PlanItem> {
        let drawn = spot_check(self.taking_part().map(|item| &item.id), self.id.0);
        drawn.into_iter().filter_map(|id| self.items.iter().find(|item| item.id == *id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn ids(numbers: impl Iterator<Item = u32>) -> Vec<RemoteId> {
        numbers.map(|n| RemoteId::new(n.to_string())).collect()
    }

    #[test]
    fn the_same_ten_in_any_order() {
        let (forth, back) = (ids(0..500), ids((0..500).rev()));
        let seed = Uuid::from_u128(7);
        let drawn = spot_check(&forth, seed);
        assert_eq!(drawn, spot_check(&back, seed));
        assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), 10);
        assert_ne!(drawn, spot_check(&forth, Uuid::from_u128(8)));
    }

    #[test]
    fn few_are_all_skimmed() {
        assert_eq!(spot_check(&ids(0..3), Uuid::nil()).len(), 3);
        assert!(spot_check(&[], Uuid::nil()).is_empty());
    }
}
