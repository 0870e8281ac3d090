//! A resolved filter as SQL. Values are always bound; the text is put together from literals only.
//!
//! Every piece is 0 or 1, never `NULL`, so that `NOT` means what it means in memory. The planner is not left to guess:
//! the list starts from the index that fits the filter's top level (`Source`), and every source ends in the order.

use muster_model::{Match, Sort, SortKey};
use rusqlite::types::Value;

use super::{fts, page::PageKey};
use crate::overlay::fields::Fields;

/// A statement and its values.
#[derive(Debug)]
pub(crate) struct Statement {
    pub sql: String,
    pub values: Vec<Value>,
}

/// How an overlay bears on the statements of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Not at all.
    Plain,
    /// So little that what it touches is looked up.
    Members,
    /// So much that it is met on the way.
    Walk,
}

/// Which rows a statement is about, and with whose eyes it judges them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows<'a> {
    /// Everything, as cached.
    Cached,
    /// Everything, as the agent sees it. Right only where nothing can give what the source starts from.
    Seen,
    /// What the overlay does not touch.
    Untouched,
    /// What the overlay touches, as the agent sees it, met on a walk through everything.
    Touched,
    /// What the overlay touches, as the agent sees it: these ids, as a JSON array.
    Members(&'a str),
}

/// With whose eyes a term is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Eyes {
    Cache,
    Agent,
}

/// What rows are looked at, in which order. `c` names the columns of the filter.
struct Source<'a> {
    from: &'static str,
    /// The table whose columns the order is made of.
    order: &'static str,
    /// The condition that the source starts from, with its value, and the term that it stands for.
    start: Option<(&'static str, Value, &'a Match)>,
}

/// Matching conversations in order: place, id and, with `has_bodies`, the whole as JSON.
pub(crate) fn list(
    filter: &Match,
    sort: Sort,
    after: Option<&PageKey>,
    has_bodies: bool,
    rows: Rows<'_>,
) -> Statement {
    let source = source(filter, sort.key, rows);
    let (key, key_falls) = key(sort.key);
    let order = source.order;
    let sign = if key_falls { "-" } else { "" };
    let mut values = Vec::new();
    let mut sql = format!("SELECT {sign}{order}.{key} AS place, c.id");
    let bodies = if has_bodies {
        sql.push_str(", b.body");
        " CROSS JOIN bodies AS b ON b.conversation = c.row"
    } else {
        ""
    };
    push_from(&mut sql, &mut values, &source, bodies, rows);
    push_where(&mut sql, &mut values, filter, &source, rows);
    // The place rises down the list; columns that fall down the list are its negative.
    let is_falling = key_falls != sort.reversed;
    if let Some(after) = after {
        let column_value = if key_falls { after.place.saturating_neg() } else { after.place };
        let (past, id_past) = (if is_falling { '<' } else { '>' }, if sort.reversed { '<' } else { '>' });
        // The first condition is one that an index can start from; the second is exact.
        sql.push_str(&format!(
            " AND {order}.{key} {past}= ? AND ({order}.{key} {past} ? OR {order}.id {id_past} ?)"
        ));
        values.extend([
            Value::Integer(column_value),
            Value::Integer(column_value),
            Value::Text(after.id.clone()),
        ]);
    }
    let (key_way, id_way) =
        (if is_falling { "DESC" } else { "ASC" }, if sort.reversed { "DESC" } else { "ASC" });
    sql.push_str(&format!(" ORDER BY {order}.{key} {key_way}, {order}.id {id_way}"));
    Statement { sql, values }
}

/// How many match.
pub(crate) fn count(filter: &Match, rows: Rows<'_>) -> Statement {
    let mut values = Vec::new();
    let mut sql = String::from("SELECT count(*)");
    let source = source(filter, SortKey::Updated, rows);
    push_from(&mut sql, &mut values, &source, "", rows);
    push_where(&mut sql, &mut values, filter, &source, rows);
    Statement { sql, values }
}

/// By how many the count of what is cached is off for each filter, because of these touched conversations: a column each.
pub(crate) fn differences(filters: &[&Match], ids: &str) -> Statement {
    let mut values = Vec::new();
    let mut sql = String::from("SELECT ");
    for (number, filter) in filters.iter().enumerate() {
        sql.push_str(if number > 0 { ", coalesce(sum((" } else { "coalesce(sum((" });
        push(&mut sql, &mut values, filter, Eyes::Agent);
        sql.push_str(") - (");
        push(&mut sql, &mut values, filter, Eyes::Cache);
        sql.push_str(")), 0)");
    }
    sql.push_str(" FROM ");
    sql.push_str(MEMBERS);
    values.push(Value::Text(ids.to_owned()));
    Statement { sql, values }
}

/// Whether nothing that the overlay does not touch can match.
pub(crate) fn is_of_the_overlay(filter: &Match) -> bool {
    top_level(filter).iter().any(is_mark)
}

fn is_mark(term: &Match) -> bool {
    matches!(term, Match::Pending | Match::Unknown | Match::Held)
}

/// The term that the source of a filter starts from, if it does not look at everything.
pub(crate) fn start(filter: &Match, sort: SortKey) -> Option<&Match> {
    source(filter, sort, Rows::Cached).start.map(|(_, _, term)| term)
}

const MEMBERS: &str = "json_each(?) AS j CROSS JOIN conversations AS c ON c.id = j.value";

fn push_from(sql: &mut String, values: &mut Vec<Value>, source: &Source<'_>, join: &str, rows: Rows<'_>) {
    sql.push_str(" FROM ");
    sql.push_str(source.from);
    if let Rows::Members(ids) = rows {
        values.push(Value::Text(ids.to_owned()));
    }
    sql.push_str(join);
    sql.push_str(" WHERE ");
    match &source.start {
        Some((condition, value, _)) => {
            sql.push_str(condition);
            values.push(value.clone());
        }
        None => sql.push('1'),
    }
}

fn push_where(
    sql: &mut String,
    values: &mut Vec<Value>,
    filter: &Match,
    source: &Source<'_>,
    rows: Rows<'_>,
) {
    let stands_for = source.start.as_ref().map(|(_, _, term)| *term);
    let rest: Vec<&Match> = top_level(filter)
        .iter()
        .filter(|term| !stands_for.is_some_and(|taken| std::ptr::eq(taken, *term)))
        .collect();
    match rows {
        Rows::Cached | Rows::Untouched => {
            for term in rest {
                sql.push_str(" AND ");
                push(sql, values, term, Eyes::Cache);
            }
            if rows == Rows::Untouched {
                sql.push_str(" AND NOT touched(c.id)");
            }
        }
        Rows::Seen => {
            sql.push_str(" AND CASE WHEN touched(c.id) THEN ");
            push(sql, values, filter, Eyes::Agent);
            sql.push_str(" ELSE 1");
            for term in rest {
                sql.push_str(" AND ");
                push(sql, values, term, Eyes::Cache);
            }
            sql.push_str(" END");
        }
        Rows::Touched => {
            // A mark says by itself that something lies over a conversation.
            if !is_mark(filter) {
                sql.push_str(" AND touched(c.id)");
            }
            sql.push_str(" AND ");
            push(sql, values, filter, Eyes::Agent);
        }
        Rows::Members(_) => {
            sql.push_str(" AND ");
            push(sql, values, filter, Eyes::Agent);
        }
    }
}

/// The terms that must all match.
fn top_level(filter: &Match) -> &[Match] {
    match filter {
        Match::And(parts) => parts,
        term => std::slice::from_ref(term),
    }
}

/// The column of an order, and whether it falls down the list.
fn key(sort: SortKey) -> (&'static str, bool) {
    match sort {
        SortKey::Updated => ("updated", true),
        SortKey::Created => ("created", true),
        SortKey::Waiting => ("waiting", false),
        SortKey::Priority => ("priority", true),
    }
}

/// The source that looks at the fewest rows and yields them in order.
fn source<'a>(filter: &'a Match, sort: SortKey, rows: Rows<'_>) -> Source<'a> {
    let plain = |from| Source { from, order: "c", start: None };
    if matches!(rows, Rows::Members(_)) {
        return plain(MEMBERS);
    }
    match sort {
        SortKey::Created => return plain("conversations AS c INDEXED BY by_created"),
        SortKey::Waiting => return plain("conversations AS c INDEXED BY by_waiting"),
        SortKey::Priority => return plain("conversations AS c INDEXED BY by_priority"),
        SortKey::Updated => {}
    }
    let everything = plain("conversations AS c INDEXED BY by_updated");
    if rows == Rows::Touched {
        return everything;
    }
    let terms = top_level(filter);
    let start = |find: fn(&Match) -> Option<&String>| {
        terms.iter().find_map(|term| Some((term, Value::Text(find(term)?.clone()))))
    };
    let tag = start(|term| match term {
        Match::Tag(names) if names.len() == 1 => names.first(),
        _ => None,
    });
    if let Some((term, tag)) = tag {
        return Source {
            from: "conversation_tags AS t CROSS JOIN conversations AS c ON c.row = t.conversation",
            order: "t",
            start: Some(("t.tag = ?", tag, term)),
        };
    }
    let follower = start(|term| match term {
        Match::Follows(names) if names.len() == 1 => names.first(),
        _ => None,
    });
    if let Some((term, agent)) = follower {
        return Source {
            from: "conversation_followers AS f CROSS JOIN conversations AS c ON c.row = f.conversation",
            order: "f",
            start: Some(("f.agent = ?", agent, term)),
        };
    }
    let agent = start(|term| match term {
        Match::Agent(names) if names.len() == 1 => names.first()?.as_ref(),
        _ => None,
    });
    if let Some((term, agent)) = agent {
        let from = "conversations AS c INDEXED BY by_agent";
        return Source { from, order: "c", start: Some(("c.agent = ?", agent, term)) };
    }
    let team = start(|term| match term {
        Match::Team(names) if names.len() == 1 => names.first()?.as_ref(),
        _ => None,
    });
    if let Some((term, team)) = team {
        let from = "conversations AS c INDEXED BY by_team";
        return Source { from, order: "c", start: Some(("c.team = ?", team, term)) };
    }
    let status = terms.iter().find_map(|term| match term {
        Match::Status(statuses) if statuses.len() == 1 => Some((term, statuses.first()?)),
        _ => None,
    });
    if let Some((term, status)) = status {
        let start = Some(("c.status = ?", Value::Text(status.as_str().to_owned()), term));
        return Source { from: "conversations AS c INDEXED BY by_status", order: "c", start };
    }
    everything
}

/// The column of a field, or, with the agent's eyes, what lies over it.
fn of_field(column: &str, field: Fields, eyes: Eyes) -> String {
    match eyes {
        Eyes::Cache => column.to_owned(),
        Eyes::Agent => format!("seen({}, c.id, c.stamp, c.last_inbound, {column})", field.bits()),
    }
}

fn push(sql: &mut String, values: &mut Vec<Value>, filter: &Match, eyes: Eyes) {
    match filter {
        Match::All => sql.push('1'),
        Match::Nothing => sql.push('0'),
        Match::Pending => push_mark(sql, Fields::PENDING, eyes),
        Match::Unknown => push_mark(sql, Fields::UNKNOWN, eyes),
        Match::Held => push_mark(sql, Fields::HELD, eyes),
        Match::And(parts) => push_all(sql, values, parts, (" AND ", "1"), eyes),
        Match::Or(parts) => push_all(sql, values, parts, (" OR ", "0"), eyes),
        Match::Not(part) => {
            sql.push_str("NOT ");
            push(sql, values, part, eyes);
        }
        Match::Status(statuses) => {
            let column = of_field("c.status", Fields::STATUS, eyes);
            push_one_of(sql, values, &column, statuses.iter().map(|word| word.as_str()));
        }
        Match::Channel(channels) => {
            push_one_of(sql, values, "c.channel", channels.iter().map(|word| word.as_str()));
        }
        Match::Agent(names) => {
            let column = of_field("c.agent", Fields::AGENT, eyes);
            push_one_of(sql, values, &column, names.iter().map(|name| name.as_deref().unwrap_or_default()));
        }
        Match::Team(names) => {
            let column = of_field("c.team", Fields::TEAM, eyes);
            push_one_of(sql, values, &column, names.iter().map(|name| name.as_deref().unwrap_or_default()));
        }
        Match::Tag(names) => push_any(sql, values, names, &TAG, eyes),
        Match::Follows(names) => push_any(sql, values, names, &FOLLOWER, eyes),
        Match::PriorityRank(low, high) => {
            let column = of_field("c.priority", Fields::PRIORITY, eyes);
            sql.push_str(&format!("({column} BETWEEN ? AND ?)"));
            values.extend([Value::from(*low), Value::from(*high)]);
        }
        Match::Updated { from, before } => push_range(sql, values, "c.updated", *from, *before),
        Match::Created { from, before } => push_range(sql, values, "c.created", *from, *before),
        Match::HasAttachment => sql.push_str("c.has_attachment"),
        Match::Untagged if eyes == Eyes::Agent => sql.push_str(
            "seen_untagged(c.id, c.stamp, c.last_inbound,
              (SELECT json_group_array(ct.tag) FROM conversation_tags AS ct WHERE ct.conversation = c.row))",
        ),
        Match::Untagged => sql.push_str("(c.tags = 0)"),
        Match::Engagement(engagement) => {
            let column = of_field("c.engagement", Fields::ENGAGEMENT, eyes);
            push_one_of(sql, values, &column, std::iter::once(engagement.as_str()));
        }
        Match::Unread => {
            let engagement = of_field("c.engagement", Fields::ENGAGEMENT, eyes);
            let status = of_field("c.status", Fields::STATUS, eyes);
            sql.push_str(&format!(
                "(c.last_inbound > coalesce(read_at(c.id),
                  CASE WHEN {engagement} = 'pending' AND {status} = 'active'
                       THEN -9223372036854775808 ELSE 9223372036854775807 END))"
            ));
        }
        Match::From(part) => {
            sql.push_str("(instr(c.contact, ?) > 0)");
            values.push(Value::Text(part.clone()));
        }
        Match::Subject(_) | Match::Word(_) | Match::Phrase(_) => match fts::question(filter) {
            None => sql.push('0'),
            Some(question) => {
                sql.push_str("(c.row IN (SELECT rowid FROM texts WHERE texts MATCH ?))");
                values.push(Value::Text(question));
            }
        },
    }
}

/// Open questions live in the overlay; nothing that it does not touch has any.
fn push_mark(sql: &mut String, mark: Fields, eyes: Eyes) {
    match eyes {
        Eyes::Cache => sql.push('0'),
        Eyes::Agent => sql.push_str(&format!("has_mark({}, c.id)", mark.bits())),
    }
}

/// A property with many values.
struct Many {
    /// Whether it has one of some values, up to the column's name.
    any: &'static str,
    column: &'static str,
    /// Whether something says that it has a value, or has not.
    seen: &'static str,
}

const TAG: Many = Many {
    any: "EXISTS (SELECT 1 FROM conversation_tags AS ct WHERE ct.conversation = c.row AND ",
    column: "ct.tag",
    seen: "seen_tag",
};
const FOLLOWER: Many = Many {
    any: "EXISTS (SELECT 1 FROM conversation_followers AS cf WHERE cf.conversation = c.row AND ",
    column: "cf.agent",
    seen: "seen_follower",
};

fn push_any(sql: &mut String, values: &mut Vec<Value>, names: &[String], many: &Many, eyes: Eyes) {
    if eyes == Eyes::Cache {
        sql.push_str(many.any);
        push_one_of(sql, values, many.column, names.iter().map(String::as_str));
        sql.push(')');
        return;
    }
    sql.push_str("(0");
    for name in names {
        sql.push_str(&format!(
            " OR CASE {}(c.id, c.stamp, c.last_inbound, ?) WHEN 1 THEN 1 WHEN 0 THEN 0 ELSE {}{} = ?) END",
            many.seen, many.any, many.column
        ));
        values.extend([Value::Text(name.clone()), Value::Text(name.clone())]);
    }
    sql.push(')');
}

fn push_all(
    sql: &mut String,
    values: &mut Vec<Value>,
    parts: &[Match],
    (between, none): (&str, &str),
    eyes: Eyes,
) {
    if parts.is_empty() {
        sql.push_str(none);
        return;
    }
    sql.push('(');
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            sql.push_str(between);
        }
        push(sql, values, part, eyes);
    }
    sql.push(')');
}

fn push_one_of<'a>(
    sql: &mut String,
    values: &mut Vec<Value>,
    column: &str,
    words: impl ExactSizeIterator<Item = &'a str>,
) {
    match words.len() {
        0 => sql.push('0'),
        1 => sql.push_str(&format!("({column} = ?)")),
        n => sql.push_str(&format!("({column} IN (?{}))", ", ?".repeat(n - 1))),
    }
    values.extend(words.map(|word| Value::Text(word.to_owned())));
}

fn push_range(
    sql: &mut String,
    values: &mut Vec<Value>,
    column: &str,
    from: Option<i64>,
    before: Option<i64>,
) {
    sql.push_str("(1");
    if let Some(from) = from {
        sql.push_str(&format!(" AND {column} >= ?"));
        values.push(Value::Integer(from));
    }
    if let Some(before) = before {
        sql.push_str(&format!(" AND {column} < ?"));
        values.push(Value::Integer(before));
    }
    sql.push(')');
}
