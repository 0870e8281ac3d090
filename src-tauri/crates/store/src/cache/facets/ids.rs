//! The help desk's ids by row number and back, in as little memory as they take: their texts one behind the other, and a
//! hash table of row numbers.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Every id that was ever cached since the index was built. Row numbers are never used again.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    texts: String,
    /// Where the text of each row begins; one more than there are rows.
    starts: Vec<u32>,
    /// Row numbers by hash; 0, which is no row, is an empty place. A power of two, or nothing at all.
    places: Vec<u32>,
    taken: usize,
}

impl Ids {
    /// The id of a row; empty if there is none.
    pub(crate) fn id(&self, row: u32) -> &str {
        let row = row as usize;
        let bounds = self.starts.get(row).zip(self.starts.get(row + 1));
        bounds.and_then(|(start, end)| self.texts.get(*start as usize..*end as usize)).unwrap_or_default()
    }

    /// Makes room for so many more, with so many bytes of text.
    pub(crate) fn reserve(&mut self, rows: usize, texts: usize) {
        self.texts.reserve_exact(texts);
        self.starts.reserve_exact(rows + 1);
        self.grow(self.taken + rows);
    }

    /// Adds a row that is higher than every row before.
    pub(crate) fn push(&mut self, row: u32, id: &str) {
        let end = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.starts.resize(row as usize + 1, end);
        self.texts.push_str(id);
        self.starts.push(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.grow(self.taken + 1);
        let place = self.place(id);
        if let Some(place) = self.places.get_mut(place) {
            if *place == 0 {
                self.taken += 1;
            }
            // An id that comes back after it was taken out has a new row.
            *place = row;
        }
    }

    /// The row of an id: the newest, cached still or not.
    pub(crate) fn row(&self, id: &str) -> Option<u32> {
        self.places.get(self.place(id)).copied().filter(|row| *row != 0)
    }

    /// Rows up to here were given out.
    pub(crate) fn end(&self) -> u32 {
        u32::try_from(self.starts.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.texts.capacity() + (self.starts.capacity() + self.places.capacity()) * 4
    }

    /// Where an id stands, or the empty place where it would stand.
    fn place(&self, id: &str) -> usize {
        let mask = self.places.len().wrapping_sub(1);
        let mut place = usize::try_from(hash(id) & mask as u64).unwrap_or_default();
        while let Some(row) = self.places.get(place).filter(|row| **row != 0) {
            if self.id(*row) == id {
                break;
            }
            place = (place + 1) & mask;
        }
        place
    }

    fn grow(&mut self, ids: usize) {
        if ids * 4 <= self.places.len() * 3 {
            return;
        }
        let before = std::mem::replace(&mut self.places, vec![0; (ids * 4 / 3 + 1).next_power_of_two()]);
        for row in before.into_iter().filter(|row| *row != 0) {
            let place = self.place(self.id(row));
            if let Some(place) = self.places.get_mut(place) {
                *place = row;
            }
        }
    }
}

fn hash(id: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(id)
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_are_found_by_row_and_rows_by_id() {
        let mut ids = Ids::default();
        assert_eq!((ids.row("a"), ids.id(1)), (None, ""));
        for row in (1..3000).filter(|row| row % 7 != 0) {
            ids.push(row, &format!("c{row}"));
        }
        for row in 1..3000 {
            let is_there = row % 7 != 0;
            assert_eq!(ids.row(&format!("c{row}")), is_there.then_some(row));
            assert_eq!(ids.id(row), if is_there { format!("c{row}") } else { String::new() });
        }
        ids.push(4000, "c5");
        assert_eq!((ids.row("c5"), ids.id(5), ids.id(4000), ids.end()), (Some(4000), "c5", "c5", 4001));
    }
}
