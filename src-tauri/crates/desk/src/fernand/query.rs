//! The search string: operators and free words, all of which must hold.

use rusqlite::types::Value;

/// A search, as conditions over conversations `c` and what they are asked with.
#[derive(Debug, Default)]
pub(super) struct Search {
    pub(super) conditions: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl Search {
    /// Reads `status:opened assigned:mira@example.com "free words"`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut search = Self::default();
        for word in words(text) {
            match word.split_once(':') {
                Some(("status", status)) => search.status(status)?,
                Some(("assigned", who)) => search.add("c.agent = ? COLLATE NOCASE", who),
                Some(("unassigned", "true")) => search.conditions.push("c.agent IS NULL".to_owned()),
                Some(("tag", tag)) => search.add(
                    "EXISTS (SELECT 1 FROM conversation_tags ct WHERE ct.conversation_id = c.id AND ct.tag = ?)",
                    tag,
                ),
                _ => {
                    search.add(
                        "(instr(lower(c.subject), lower(?)) OR EXISTS (SELECT 1 FROM messages m
                            WHERE m.conversation_id = c.id AND m.kind <> 'event' AND instr(lower(m.text), lower(?))))",
                        &word,
                    );
                    search.values.push(Value::Text(word));
                }
            }
        }
        Ok(search)
    }

    fn status(&mut self, status: &str) -> Result<(), String> {
        self.conditions.push(
            match status {
                "opened" => "c.status = 'active'",
                "closed" => "c.status IN ('done', 'archived')",
                "spam" => "c.status = 'spam'",
                "snoozed" => "c.status = 'snoozed'",
                other => return Err(format!("Unknown status {other}")),
            }
            .to_owned(),
        );
        Ok(())
    }

    fn add(&mut self, condition: &str, value: &str) {
        self.conditions.push(condition.to_owned());
        self.values.push(Value::Text(value.to_owned()));
    }
}

/// Words; what stands in quotes is one.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for character in text.chars().chain([' ']) {
        match character {
            '"' => quoted = !quoted,
            ' ' if !quoted && word.is_empty() => {}
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    if !word.trim().is_empty() {
        words.push(word.trim().to_owned());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_quotes() {
        assert_eq!(
            words(r#"status:opened  tag:"needs review" payment"#),
            ["status:opened", "tag:needs review", "payment"]
        );
        assert_eq!(Search::parse("status:closed unassigned:true").unwrap().conditions.len(), 2);
        assert!(Search::parse("status:archived").is_err());
    }
}
