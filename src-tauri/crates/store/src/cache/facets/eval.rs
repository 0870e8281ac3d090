//! A resolved filter as algebra over sets, with the eyes of the agent: the index and what lies over it.

use std::{borrow::Cow, collections::HashSet};

use muster_model::{Match, RemoteId, Sort, SortKey};
use rusqlite::{Connection, params};

use super::{Facet, Facets, Patch, Place, Set, at};
use crate::{
    Result,
    cache::text::{self, Question, Walk},
};

/// Up to so many candidates are asked one by one what no set knows; beyond, all rows are asked at once.
const ONE_BY_ONE: usize = 20_000;
/// Texts whose number says nothing about the order are asked one by one up to so many.
const FEW_ASTRAY: usize = 64;

/// One state of the cache, the index of it, and what lies over it.
pub(crate) struct Eval<'a> {
    pub conn: &'a Connection,
    pub facets: &'a Facets,
    pub patch: Option<&'a Patch>,
}

impl<'a> Eval<'a> {
    /// What matches.
    pub(crate) fn set(&self, filter: &Match) -> Result<Cow<'a, Set>> {
        let facets = self.facets;
        let set = match filter {
            Match::All => Cow::Borrowed(&facets.live),
            Match::Nothing => Cow::Owned(Set::default()),
            Match::And(parts) => Cow::Owned(self.all(parts.iter())?),
            Match::Or(parts) => {
                let mut any = Set::default();
                for part in parts {
                    any.plus(&*self.set(part)?, facets.universe());
                }
                Cow::Owned(any)
            }
            Match::Not(part) => {
                let mut rest = facets.live.clone();
                rest.minus(&*self.set(part)?);
                Cow::Owned(rest)
            }
            Match::Status(words) => self.one_of(Facet::Status, words.iter().map(|word| word.as_str())),
            Match::Channel(words) => self.one_of(Facet::Channel, words.iter().map(|word| word.as_str())),
            Match::Engagement(word) => self.one_of(Facet::Engagement, std::iter::once(word.as_str())),
            Match::Agent(names) => self.one_of(Facet::Agent, names.iter().map(or_nobody)),
            Match::Team(names) => self.one_of(Facet::Team, names.iter().map(or_nobody)),
            Match::PriorityRank(low, high) => {
                let ranks: Vec<String> = (*low..=*high).map(|rank| rank.to_string()).collect();
                self.one_of(Facet::Priority, ranks.iter().map(String::as_str))
            }
            Match::Tag(names) => self.one_of(Facet::Tag, names.iter().map(String::as_str)),
            Match::Follows(names) => self.one_of(Facet::Follower, names.iter().map(String::as_str)),
            Match::Mentions(names) => self.one_of(Facet::Mention, names.iter().map(String::as_str)),
            Match::Untagged => match self.patch {
                Some(patch) if patch.has_tags() => Cow::Owned(patch.untagged(facets)),
                _ => Cow::Borrowed(&facets.untagged),
            },
            Match::HasAttachment => Cow::Borrowed(&facets.has_attachment),
            Match::Unread => Cow::Owned(self.unread()),
            Match::Pending => self.mark(|patch| &patch.pending),
            Match::Unknown => self.mark(|patch| &patch.unknown),
            Match::Held => self.mark(|patch| &patch.held),
            Match::Updated { .. } | Match::Created { .. } => {
                let mut set = facets.live.clone();
                self.narrow(&mut set, filter);
                Cow::Owned(set)
            }
            Match::From(part) => Cow::Owned(self.from(part)?),
            Match::Subject(_) | Match::Word(_) | Match::Phrase(_) => Cow::Owned(self.text(&[filter])?),
        };
        Ok(set)
    }

    /// How many match.
    pub(crate) fn count(&self, filter: &Match) -> Result<u64> {
        Ok(self.set(filter)?.len() as u64)
    }

    /// The newest that match, or are named, of which the messages are missing or older than the header.
    pub(crate) fn without_thread(
        &self,
        filter: &Match,
        named: &[RemoteId],
        limit: usize,
    ) -> Result<Vec<RemoteId>> {
        let facets = self.facets;
        let mut set = self.set(filter)?.into_owned();
        let named = named.iter().filter_map(|id| facets.row(id.as_str())).collect();
        set.plus(&Set::of(named, facets.universe()), facets.universe());
        set.keep(&facets.without_thread);
        let rows = facets.in_order(&set, Sort::default(), None, limit);
        Ok(rows.into_iter().map(|row| RemoteId::from(facets.id(row))).collect())
    }

    /// The least lately updated of which the messages are here, except what matches or is named.
    pub(crate) fn oldest_threads(
        &self,
        spared: &Match,
        named: &[RemoteId],
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<RemoteId>> {
        let facets = self.facets;
        let mut set = facets.threads.clone();
        set.minus(&*self.set(spared)?);
        set.minus(&Set::of(
            named.iter().filter_map(|id| facets.row(id.as_str())).collect(),
            facets.universe(),
        ));
        if before.is_some() {
            self.narrow(&mut set, &Match::Updated { from: None, before });
        }
        let oldest_first = Sort { key: SortKey::Updated, reversed: true };
        let rows = facets.in_order(&set, oldest_first, None, limit);
        Ok(rows.into_iter().map(|row| RemoteId::from(facets.id(row))).collect())
    }

    /// Of how many conversations the messages are here, of how many they were removed, and the latest update of those.
    pub(crate) fn threads(&self) -> (u64, u64, Option<i64>) {
        let facets = self.facets;
        let newest = facets
            .in_order(&facets.removed, Sort::default(), None, 1)
            .first()
            .map(|row| at(&facets.updated, *row));
        (facets.threads.len() as u64, facets.removed.len() as u64, newest)
    }

    /// What every part matches: first what is at hand, the smallest set first, then what must be asked for.
    fn all<'f>(&self, parts: impl Iterator<Item = &'f Match>) -> Result<Set> {
        let (mut sets, mut texts, mut slow) = (Vec::new(), Vec::new(), Vec::new());
        let (mut gone, mut ranges) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Match::All => {}
                Match::Updated { .. } | Match::Created { .. } => ranges.push(part),
                part if is_text(part) => texts.push(part),
                Match::Not(part) if !asks_rows(part) => gone.push(self.set(part)?),
                part if asks_rows(part) => slow.push(part),
                part => sets.push(self.set(part)?),
            }
        }
        if !texts.is_empty() {
            sets.push(Cow::Owned(self.text(&texts)?));
        }
        // A list is asked once for each of its rows, bits all at once: the smallest list goes first.
        sets.sort_by_key(|set| match &**set {
            Set::Sparse(rows) => rows.len(),
            Set::Dense(_) => usize::MAX,
        });
        let mut sets = sets.into_iter();
        let mut all = match sets.next() {
            Some(first) => first.into_owned(),
            None => self.facets.live.clone(),
        };
        for set in sets {
            all.keep(&set);
        }
        for set in gone {
            all.minus(&set);
        }
        for range in ranges {
            self.narrow(&mut all, range);
        }
        for part in slow {
            if all.is_empty() {
                break;
            }
            match part {
                Match::From(text) if all.len() <= ONE_BY_ONE => self.keep_from(&mut all, text)?,
                part => all.keep(&*self.set(part)?),
            }
        }
        Ok(all)
    }

    /// Keeps what lies in a range of time.
    fn narrow(&self, set: &mut Set, range: &Match) {
        let (column, from, before) = match range {
            Match::Updated { from, before } => (&self.facets.updated, *from, *before),
            Match::Created { from, before } => (&self.facets.created, *from, *before),
            _ => return,
        };
        let (from, before) = (from.unwrap_or(i64::MIN), before.unwrap_or(i64::MAX));
        set.retain(|row| {
            let at = at(column, row);
            from <= at && at < before
        });
    }

    fn one_of<'b>(&self, facet: Facet, names: impl Iterator<Item = &'b str>) -> Cow<'a, Set> {
        let values = self.facets.values(facet);
        let names: HashSet<&str> = names.collect();
        let over = self.patch.filter(|patch| patch.changes(facet));
        if names.len() == 1
            && over.is_none()
            && let Some(set) = names.iter().find_map(|name| values.get(*name))
        {
            return Cow::Borrowed(set);
        }
        let mut any = Set::default();
        for name in names {
            let seen = over.map(|patch| patch.seen(self.facets, facet, name));
            if let Some(seen) = &seen {
                any.plus(seen, self.facets.universe());
            } else if let Some(set) = values.get(name) {
                any.plus(set, self.facets.universe());
            }
        }
        Cow::Owned(any)
    }

    fn mark(&self, mark: impl Fn(&Patch) -> &Set) -> Cow<'a, Set> {
        self.patch.map_or_else(|| Cow::Owned(Set::default()), |patch| Cow::Borrowed(mark(patch)))
    }

    /// Without a read mark only what waits for us counts as unread; with one, what came later.
    fn unread(&self) -> Set {
        let mut unread = self.one_of(Facet::Engagement, std::iter::once("pending")).into_owned();
        unread.keep(&self.one_of(Facet::Status, std::iter::once("active")));
        unread.keep(&self.facets.heard);
        if let Some(patch) = self.patch {
            let reads = patch.reads();
            unread.remove(&reads.iter().map(|(row, _)| *row).collect::<Vec<_>>());
            let newer = reads.iter().filter(|(row, read)| at(&self.facets.last_inbound, *row) > *read);
            unread.plus(
                &Set::of(newer.map(|(row, _)| *row).collect(), self.facets.universe()),
                self.facets.universe(),
            );
        }
        unread
    }

    /// Everything with these terms in its text.
    fn text(&self, terms: &[&Match]) -> Result<Set> {
        let Some(question) = Question::of(terms) else { return Ok(Set::default()) };
        let mut found = Vec::new();
        text::each(self.conn, &question, |doc| found.extend(self.facets.row_of_doc(doc)))?;
        Ok(Set::of(found, self.facets.universe()))
    }

    /// The first rows of a list, behind a place.
    pub(crate) fn list(
        &self,
        filter: &Match,
        sort: Sort,
        after: Option<Place<'_>>,
        limit: usize,
    ) -> Result<Vec<u32>> {
        let parts = match filter {
            Match::And(parts) => parts.as_slice(),
            term => std::slice::from_ref(term),
        };
        let (texts, others): (Vec<&Match>, Vec<&Match>) = parts.iter().partition(|part| is_text(part));
        if sort.key == SortKey::Updated && !texts.is_empty() && limit < usize::MAX {
            let set = self.all(others.into_iter())?;
            let mut astray = set.clone();
            astray.keep(&self.facets.astray);
            if astray.len() <= FEW_ASTRAY {
                return self.list_text(&texts, &set, &astray, sort, (after, limit));
            }
        }
        let set = self.set(filter)?;
        Ok(self.facets.in_order(&set, sort, after, limit))
    }

    /// The first rows of a set with these terms in their text: the index names texts in the order of the list, until there
    /// are enough of them. Those whose number is not at its place are asked one by one.
    fn list_text(
        &self,
        terms: &[&Match],
        set: &Set,
        astray: &Set,
        sort: Sort,
        (after, limit): (Option<Place<'_>>, usize),
    ) -> Result<Vec<u32>> {
        let facets = self.facets;
        let Some(question) = Question::of(terms) else { return Ok(Vec::new()) };
        let mut strays = astray.clone();
        let mut docs = Vec::new();
        strays.for_each(|row| docs.push(facets.doc(row)));
        let found = text::among(self.conn, &question, &docs)?;
        strays.retain(|row| found.contains(&facets.doc(row)));
        let mut strays = facets.in_order(&strays, sort, after, limit).into_iter().peekable();
        // The first text behind the place; what is astray has none there.
        let mut first = None;
        if after.is_some() {
            facets.walk(sort, after, |row| {
                first = (!facets.astray.contains(row)).then(|| facets.doc(row));
                first.is_none()
            });
        }
        let everything = if sort.reversed { i64::MIN } else { i64::MAX };
        let mut docs = Walk::begin(self.conn, &question, first.unwrap_or(everything), sort.reversed)?;
        let has_more = after.is_none() || first.is_some();
        let mut found = Vec::new();
        while has_more && found.len() < limit {
            let Some(doc) = docs.next()? else { break };
            let row = facets.row_of_doc(doc);
            let Some(row) = row.filter(|row| set.contains(*row) && !facets.astray.contains(*row)) else {
                continue;
            };
            while let Some(stray) = strays.next_if(|stray| facets.is_before(*stray, row, sort)) {
                found.push(stray);
            }
            found.push(row);
        }
        found.extend(strays);
        found.truncate(limit);
        Ok(found)
    }

    fn from(&self, part: &str) -> Result<Set> {
        let found = self
            .conn
            .prepare_cached("SELECT row FROM conversations WHERE instr(contact, ?1) > 0")?
            .query_map(params![part], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Set::of(found, self.facets.universe()))
    }

    fn keep_from(&self, set: &mut Set, part: &str) -> Result<()> {
        let mut statement =
            self.conn.prepare_cached("SELECT instr(contact, ?2) > 0 FROM conversations WHERE row = ?1")?;
        let mut failed = None;
        set.retain(|row| match statement.query_row(params![row, part], |found| found.get(0)) {
            Ok(is_from) => is_from,
            Err(err) => {
                failed.get_or_insert(err);
                false
            }
        });
        failed.map_or(Ok(()), |err| Err(err.into()))
    }
}

fn is_text(term: &Match) -> bool {
    matches!(term, Match::Subject(_) | Match::Word(_) | Match::Phrase(_))
}

/// Whether rows must be asked, or the full text, somewhere in it.
fn asks_rows(filter: &Match) -> bool {
    match filter {
        Match::And(parts) | Match::Or(parts) => parts.iter().any(asks_rows),
        Match::Not(part) => asks_rows(part),
        Match::From(_) | Match::Subject(_) | Match::Word(_) | Match::Phrase(_) => true,
        _ => false,
    }
}

fn or_nobody(name: &Option<String>) -> &str {
    name.as_deref().unwrap_or_default()
}
