//! A resolved filter as SQL. Values are always bound; the text is put together from literals only.
//!
//! Every piece is 0 or 1, never `NULL`, so that `NOT` means what it means in memory. The planner is not left to guess:
//! the list starts from the index that fits the filter's top level (`Source`), and every source ends in the order.

use muster_model::{Match, Sort, SortKey};
use rusqlite::types::Value;

use super::{fts, page::PageKey};

/// A statement and its values.
#[derive(Debug)]
pub(crate) struct Statement {
    pub sql: String,
    pub values: Vec<Value>,
}

/// What rows are looked at, in which order. `c` names the columns of the filter.
struct Source<'a> {
    from: &'static str,
    /// The table whose columns the order is made of.
    order: &'static str,
    /// The condition that the source starts from, with its value, and the term that it stands for.
    start: Option<(&'static str, Value, &'a Match)>,
}

/// Matching conversations in order: place, id and, with `has_bodies`, the whole as JSON. `has_touched`: leave out what
/// the overlay touches.
pub(crate) fn list(
    filter: &Match,
    sort: Sort,
    after: Option<&PageKey>,
    has_bodies: bool,
    has_touched: bool,
) -> Statement {
    let source = source(filter, sort.key);
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
    push_from(&mut sql, &mut values, &source, bodies);
    push_where(&mut sql, &mut values, filter, &source, has_touched);
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
pub(crate) fn count(filter: &Match, has_touched: bool) -> Statement {
    let mut values = Vec::new();
    let mut sql = String::from("SELECT count(*)");
    let source = source(filter, SortKey::Updated);
    push_from(&mut sql, &mut values, &source, "");
    push_where(&mut sql, &mut values, filter, &source, has_touched);
    Statement { sql, values }
}

fn push_from(sql: &mut String, values: &mut Vec<Value>, source: &Source<'_>, join: &str) {
    sql.push_str(" FROM ");
    sql.push_str(source.from);
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
    has_touched: bool,
) {
    let stands_for = source.start.as_ref().map(|(_, _, term)| *term);
    for term in
        top_level(filter).iter().filter(|term| !stands_for.is_some_and(|taken| std::ptr::eq(taken, *term)))
    {
        sql.push_str(" AND ");
        push(sql, values, term);
    }
    if has_touched {
        sql.push_str(" AND NOT touched(c.id)");
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
fn source(filter: &Match, sort: SortKey) -> Source<'_> {
    let plain = |from| Source { from, order: "c", start: None };
    match sort {
        SortKey::Created => return plain("conversations AS c INDEXED BY by_created"),
        SortKey::Waiting => return plain("conversations AS c INDEXED BY by_waiting"),
        SortKey::Priority => return plain("conversations AS c INDEXED BY by_priority"),
        SortKey::Updated => {}
    }
    let terms = top_level(filter);
    let tag = terms.iter().find_map(|term| match term {
        Match::Tag(names) if names.len() == 1 => Some((term, names.first()?)),
        _ => None,
    });
    if let Some((term, tag)) = tag {
        return Source {
            from: "conversation_tags AS t CROSS JOIN conversations AS c ON c.row = t.conversation",
            order: "t",
            start: Some(("t.tag = ?", Value::Text(tag.clone()), term)),
        };
    }
    let follower = terms.iter().find_map(|term| match term {
        Match::Follows(names) if names.len() == 1 => Some((term, names.first()?)),
        _ => None,
    });
    if let Some((term, agent)) = follower {
        return Source {
            from: "conversation_followers AS f CROSS JOIN conversations AS c ON c.row = f.conversation",
            order: "f",
            start: Some(("f.agent = ?", Value::Text(agent.clone()), term)),
        };
    }
    let has = |is: fn(&Match) -> bool| terms.iter().any(is);
    if has(|term| matches!(term, Match::Agent(names) if matches!(names.as_slice(), [Some(_)]))) {
        plain("conversations AS c INDEXED BY by_agent")
    } else if has(|term| matches!(term, Match::Team(names) if matches!(names.as_slice(), [Some(_)]))) {
        plain("conversations AS c INDEXED BY by_team")
    } else if has(|term| matches!(term, Match::Status(statuses) if statuses.len() == 1)) {
        plain("conversations AS c INDEXED BY by_status")
    } else {
        plain("conversations AS c INDEXED BY by_updated")
    }
}

fn push(sql: &mut String, values: &mut Vec<Value>, filter: &Match) {
    match filter {
        Match::All => sql.push('1'),
        // Open questions live in the overlay; whatever it knows of them is judged there.
        Match::Nothing | Match::Unknown | Match::Held | Match::Pending => sql.push('0'),
        Match::And(parts) => push_all(sql, values, parts, " AND ", "1"),
        Match::Or(parts) => push_all(sql, values, parts, " OR ", "0"),
        Match::Not(part) => {
            sql.push_str("NOT ");
            push(sql, values, part);
        }
        Match::Status(statuses) => {
            push_one_of(sql, values, "c.status", statuses.iter().map(|word| word.as_str()));
        }
        Match::Channel(channels) => {
            push_one_of(sql, values, "c.channel", channels.iter().map(|word| word.as_str()));
        }
        Match::Agent(names) => {
            push_one_of(sql, values, "c.agent", names.iter().map(|name| name.as_deref().unwrap_or_default()));
        }
        Match::Team(names) => {
            push_one_of(sql, values, "c.team", names.iter().map(|name| name.as_deref().unwrap_or_default()));
        }
        Match::Tag(names) => {
            sql.push_str("EXISTS (SELECT 1 FROM conversation_tags AS ct WHERE ct.conversation = c.row AND ");
            push_one_of(sql, values, "ct.tag", names.iter().map(String::as_str));
            sql.push(')');
        }
        Match::Follows(names) => {
            sql.push_str(
                "EXISTS (SELECT 1 FROM conversation_followers AS cf WHERE cf.conversation = c.row AND ",
            );
            push_one_of(sql, values, "cf.agent", names.iter().map(String::as_str));
            sql.push(')');
        }
        Match::PriorityRank(low, high) => {
            sql.push_str("(c.priority BETWEEN ? AND ?)");
            values.extend([Value::from(*low), Value::from(*high)]);
        }
        Match::Updated { from, before } => push_range(sql, values, "c.updated", *from, *before),
        Match::Created { from, before } => push_range(sql, values, "c.created", *from, *before),
        Match::HasAttachment => sql.push_str("c.has_attachment"),
        Match::Untagged => sql.push_str("(c.tags = 0)"),
        Match::Engagement(engagement) => {
            push_one_of(sql, values, "c.engagement", std::iter::once(engagement.as_str()));
        }
        Match::Unread => sql.push_str(
            "(c.last_inbound > coalesce(read_at(c.id),
              CASE WHEN c.engagement = 'pending' AND c.status = 'active'
                   THEN -9223372036854775808 ELSE 9223372036854775807 END))",
        ),
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

fn push_all(sql: &mut String, values: &mut Vec<Value>, parts: &[Match], between: &str, none: &str) {
    if parts.is_empty() {
        sql.push_str(none);
        return;
    }
    sql.push('(');
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            sql.push_str(between);
        }
        push(sql, values, part);
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
