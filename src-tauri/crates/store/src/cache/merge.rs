//! Cache ⊕ overlay: what the overlay touches is left out of the SQL answer and judged in memory.

use std::collections::{HashMap, HashSet};

use muster_model::{Conversation, FullText, Match, RemoteId, SortKey};
use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    params,
};

use super::{fts, header};
use crate::{
    Overlay, Result,
    overlay::{Scope, mentions},
};

/// Known to our own statements only; not for triggers or views.
const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DIRECTONLY);

/// The overlay over one read transaction.
pub(crate) struct Touched<'a> {
    conn: &'a Connection,
    overlay: &'a Overlay,
    /// Cached states of touched conversations that the overlay has no row of its own for.
    cached: HashMap<RemoteId, Option<Conversation>>,
    announced: Option<Scope>,
    knows_reads: bool,
}

impl<'a> Touched<'a> {
    pub(crate) fn new(conn: &'a Connection, overlay: &'a Overlay) -> Self {
        Self { conn, overlay, cached: HashMap::new(), announced: None, knows_reads: false }
    }

    /// Tells the connection what to leave out for `filter` and what was read; says whether there is anything to leave
    /// out.
    pub(crate) fn announce(&mut self, filter: &Match) -> Result<bool> {
        let scope = self.overlay.scope(filter);
        if !scope.is_empty() && self.announced != Some(scope) {
            let overlay = self.overlay.clone();
            self.conn.create_scalar_function("touched", 1, FLAGS, move |ctx: &Context<'_>| {
                Ok(overlay.touches(&RemoteId::from(ctx.get_raw(0).as_str()?), scope))
            })?;
            self.announced = Some(scope);
        }
        if !self.knows_reads && mentions(filter, &|term| matches!(term, Match::Unread)) {
            let overlay = self.overlay.clone();
            self.conn.create_scalar_function("read_at", 1, FLAGS, move |ctx: &Context<'_>| {
                Ok(overlay.read_at(ctx.get_raw(0).as_str()?))
            })?;
            self.knows_reads = true;
        }
        Ok(!scope.is_empty())
    }

    /// Calls `found` with each touched conversation that matches, as seen, and with the place that it keeps.
    pub(crate) fn matching(
        &mut self,
        filter: &Match,
        sort: SortKey,
        mut found: impl FnMut(&Conversation, i64),
    ) -> Result<()> {
        let scope = self.overlay.scope(filter);
        if scope.is_empty() {
            return Ok(());
        }
        let ids = self.overlay.touched(scope);
        let text = Answers::ask(self.conn, filter, &ids)?;
        for id in ids {
            let seen = match self.overlay.rows().get(id) {
                Some(row) => &row.conversation,
                None => {
                    if !self.cached.contains_key(id) {
                        let cached = header::find(self.conn, id)?.map(|(_, conversation)| conversation);
                        self.cached.insert(id.clone(), cached);
                    }
                    let Some(Some(conversation)) = self.cached.get(id) else { continue };
                    conversation
                }
            };
            if filter.matches(&self.overlay.seen(seen), &text) {
                found(seen, self.overlay.place(seen, sort));
            }
        }
        Ok(())
    }
}

/// Full-text answers for the touched conversations, asked of FTS beforehand.
struct Answers<'a> {
    by_term: Vec<(&'a Match, HashSet<RemoteId>)>,
}

impl<'a> Answers<'a> {
    fn ask(conn: &Connection, filter: &'a Match, ids: &HashSet<&RemoteId>) -> Result<Self> {
        let mut by_term: Vec<(&Match, HashSet<RemoteId>)> = Vec::new();
        for term in filter.text_terms() {
            if by_term.iter().any(|(known, _)| *known == term) {
                continue;
            }
            let mut found = HashSet::new();
            if let Some(question) = fts::question(term) {
                let mut statement = conn.prepare_cached(
                    "SELECT id FROM conversations WHERE row IN (SELECT rowid FROM texts WHERE texts MATCH ?1)",
                )?;
                let mut rows = statement.query(params![question])?;
                while let Some(row) = rows.next()? {
                    let id = RemoteId::new(row.get::<_, String>(0)?);
                    if ids.contains(&id) {
                        found.insert(id);
                    }
                }
            }
            by_term.push((term, found));
        }
        Ok(Self { by_term })
    }

    fn holds(&self, id: &RemoteId, is: impl Fn(&Match) -> bool) -> bool {
        self.by_term.iter().any(|(term, found)| is(term) && found.contains(id))
    }
}

impl FullText for Answers<'_> {
    fn word(&self, id: &RemoteId, word: &str) -> bool {
        self.holds(id, |term| matches!(term, Match::Word(asked) if asked == word))
    }

    fn phrase(&self, id: &RemoteId, phrase: &str) -> bool {
        self.holds(id, |term| matches!(term, Match::Phrase(asked) if asked == phrase))
    }
}
