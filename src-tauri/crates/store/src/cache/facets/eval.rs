//! A resolved filter as algebra over sets, with the eyes of the agent: the index and what lies over it.

use std::{borrow::Cow, collections::HashSet};

use muster_model::{Match, RemoteId, Sort};
use rusqlite::{Connection, params};

use super::{Facet, Facets, Patch, Set, at};
use crate::{Result, cache::fts};

/// Up to so many candidates are asked one by one what no set knows; beyond, all rows are asked at once.
const ONE_BY_ONE: usize = 20_000;

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
            Match::And(parts) => Cow::Owned(self.all(parts)?),
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

    /// What every part matches: first what is at hand, the smallest set first, then what must be asked for.
    fn all(&self, parts: &[Match]) -> Result<Set> {
        let (mut sets, mut texts, mut slow) = (Vec::new(), Vec::new(), Vec::new());
        let (mut gone, mut ranges) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Match::All => {}
                Match::Updated { .. } | Match::Created { .. } => ranges.push(part),
                Match::Subject(_) | Match::Word(_) | Match::Phrase(_) => texts.push(part),
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
        let mut questions = Vec::with_capacity(terms.len());
        for term in terms {
            match fts::question(term) {
                Some(question) => questions.push(format!("({question})")),
                None => return Ok(Set::default()),
            }
        }
        let mut statement = self.conn.prepare_cached("SELECT rowid FROM texts WHERE texts MATCH ?1")?;
        let mut rows = statement.query(params![questions.join(" AND ")])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(row.get(0)?);
        }
        Ok(Set::of(found, self.facets.universe()))
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
