//! Cache ⊕ overlay inside SQL: functions through which a statement asks what lies over a conversation.
//!
//! Nothing that is not looked at is loaded: a status, a tag or a mark is judged from the columns at hand and the layers
//! in memory. Known to our own statements only; not for triggers or views.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use muster_model::{Effect, Engagement, Match, status_of};
use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    types::Value,
};

use super::sql::Shape;
use crate::{
    Overlay, Result,
    column::to_json,
    overlay::{fields::Fields, layer::Cached},
};

const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DIRECTONLY);
/// Up to so many conversations are looked up one by one; beyond, a walk through everything is weighed against it.
const FEW: usize = 1000;
/// A look-up costs about as much as so many steps of a walk.
const STEPS_PER_LOOKUP: usize = 8;

/// An overlay over one read transaction.
pub(crate) struct Over<'a> {
    conn: &'a Connection,
    overlay: &'a Overlay,
    /// What of the current filter's questions the overlay answers.
    scope: Arc<AtomicU32>,
    is_announced: bool,
}

impl<'a> Over<'a> {
    pub(crate) fn new(conn: &'a Connection, overlay: &'a Overlay) -> Self {
        Self { conn, overlay, scope: Arc::default(), is_announced: false }
    }

    /// Makes the functions answer for `filter`, and says how its statements are to be shaped.
    pub(crate) fn shape(&mut self, filter: &Match) -> Result<Shape> {
        if !self.is_announced {
            self.announce()?;
            self.is_announced = true;
        }
        let scope = self.overlay.scope(filter);
        self.scope.store(scope.bits(), Ordering::Relaxed);
        if scope == Fields::NONE {
            return Ok(Shape::Plain);
        }
        let most = self.overlay.size(scope);
        if most <= FEW || most.saturating_mul(STEPS_PER_LOOKUP) < self.rows()? {
            return Ok(Shape::Members);
        }
        Ok(Shape::Walk)
    }

    /// What the overlay touches of any of these filters, as a JSON array.
    pub(crate) fn members(&self, filters: &[&Match]) -> Result<String> {
        let scope = filters.iter().map(|filter| self.overlay.scope(filter)).fold(Fields::NONE, Fields::and);
        to_json(&self.overlay.touched(scope))
    }

    /// Whether anything here can make a conversation match a term although the cache says that it does not.
    pub(crate) fn can_give(&self, term: &Match) -> bool {
        self.overlay.can_give(term)
    }

    /// About how many conversations are cached; at once, where counting them would be a walk.
    fn rows(&self) -> Result<usize> {
        let highest: i64 = self
            .conn
            .prepare_cached("SELECT coalesce(max(row), 0) FROM conversations")?
            .query_row([], |row| row.get(0))?;
        Ok(usize::try_from(highest).unwrap_or(0))
    }

    fn announce(&self) -> Result<()> {
        let (overlay, scope) = (self.overlay.clone(), Arc::clone(&self.scope));
        self.conn.create_scalar_function("touched", 1, FLAGS, move |ctx: &Context<'_>| {
            let scope = Fields::from_bits(scope.load(Ordering::Relaxed));
            Ok(overlay.touches(ctx.get_raw(0).as_str()?, scope))
        })?;
        let overlay = self.overlay.clone();
        self.conn.create_scalar_function("read_at", 1, FLAGS, move |ctx: &Context<'_>| {
            Ok(overlay.read_at(ctx.get_raw(0).as_str()?))
        })?;
        // has_mark(field, id)
        let overlay = self.overlay.clone();
        self.conn.create_scalar_function("has_mark", 2, FLAGS, move |ctx: &Context<'_>| {
            Ok(overlay.has_mark(ctx.get_raw(1).as_str()?, field(ctx)?))
        })?;
        // seen(field, id, stamp, last inbound, as cached): the value as the agent sees it.
        let overlay = self.overlay.clone();
        self.conn.create_scalar_function("seen", 5, FLAGS, move |ctx: &Context<'_>| {
            let field = field(ctx)?;
            let mut value = None;
            overlay.lay(ctx.get_raw(1).as_str()?, cached(ctx)?, |effect| {
                if Fields::of_effect(effect) == field {
                    value = Some(effect);
                }
            });
            match value.and_then(column) {
                Some(value) => Ok(value),
                None => ctx.get::<Value>(4),
            }
        })?;
        // seen_tag(id, stamp, last inbound, tag): 1 or 0 where something says so, NULL where the cache decides.
        let overlay = self.overlay.clone();
        self.conn.create_scalar_function("seen_tag", 4, FLAGS, move |ctx: &Context<'_>| {
            let (tag, mut has) = (ctx.get_raw(3).as_str()?, None);
            overlay.lay(ctx.get_raw(0).as_str()?, cached_at(ctx, 1)?, |effect| match effect {
                Effect::TagClear => has = Some(false),
                Effect::TagAdd(name) if name.to_lowercase() == tag => has = Some(true),
                Effect::TagRemove(name) if name.to_lowercase() == tag => has = Some(false),
                _ => {}
            });
            Ok(has)
        })?;
        // seen_untagged(id, stamp, last inbound, cached tags as a JSON array)
        let overlay = self.overlay.clone();
        self.conn.create_scalar_function("seen_untagged", 4, FLAGS, move |ctx: &Context<'_>| {
            let mut tags: Vec<String> = serde_json::from_str(ctx.get_raw(3).as_str()?).map_err(own_error)?;
            overlay.lay(ctx.get_raw(0).as_str()?, cached_at(ctx, 1)?, |effect| match effect {
                Effect::TagClear => tags.clear(),
                Effect::TagAdd(name) => tags.push(name.to_lowercase()),
                Effect::TagRemove(name) => {
                    let name = name.to_lowercase();
                    tags.retain(|tag| *tag != name);
                }
                _ => {}
            });
            Ok(tags.is_empty())
        })?;
        // seen_follower(id, stamp, last inbound, agent): 1 or 0 where something says so, NULL where the cache decides.
        let overlay = self.overlay.clone();
        self.conn.create_scalar_function("seen_follower", 4, FLAGS, move |ctx: &Context<'_>| {
            let (id, agent, mut follows) = (ctx.get_raw(0).as_str()?, ctx.get_raw(3).as_str()?, None);
            if overlay.folded_me() != agent {
                return Ok(None);
            }
            overlay.lay(id, cached_at(ctx, 1)?, |effect| {
                if let Effect::Follow(on) = effect {
                    follows = Some(*on);
                }
            });
            Ok(if overlay.follows_here(id) { Some(true) } else { follows })
        })?;
        Ok(())
    }
}

fn field(ctx: &Context<'_>) -> rusqlite::Result<Fields> {
    Ok(Fields::from_bits(u32::try_from(ctx.get::<i64>(0)?).unwrap_or_default()))
}

fn cached(ctx: &Context<'_>) -> rusqlite::Result<Cached> {
    cached_at(ctx, 2)
}

fn cached_at(ctx: &Context<'_>, stamp: usize) -> rusqlite::Result<Cached> {
    Ok(Cached { stamp: ctx.get(stamp)?, last_inbound: ctx.get(stamp + 1)? })
}

fn own_error(err: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(Box::new(err))
}

/// The value that an effect leaves in the column of its field, as `header.rs` writes it.
fn column(effect: &Effect) -> Option<Value> {
    let folded = |name: Option<&muster_model::Handle>| {
        name.map_or_else(String::new, |name| name.as_str().to_lowercase())
    };
    match effect {
        Effect::Status(change) => Some(Value::Text(status_of(*change).0.as_str().to_owned())),
        Effect::Assignee(who) | Effect::Team(who) => Some(Value::Text(folded(who.as_ref()))),
        Effect::Priority(priority) => Some(Value::from(priority.rank())),
        Effect::Reply => Some(Value::Text(Engagement::Engaged.as_str().to_owned())),
        _ => None,
    }
}
