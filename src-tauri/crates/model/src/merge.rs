//! Merge tags: `{{customer_first_name|there}}` in a text, filled per conversation.
//!
//! A value is inserted as it is and never read as a template again. What the tags resolved to is stored with the item,
//! so that the same text leaves in every attempt.

use std::collections::BTreeMap;

use crate::{Conversation, Me};

/// The tags with a fixed name. Custom fields are `contact.custom_fields.KEY` and `conversation.custom_fields.KEY`.
pub const MERGE_TAGS: &[&str] = &[
    "customer_first_name",
    "customer_name",
    "customer_email",
    "conversation_id",
    "conversation_subject",
    "agent_name",
    "agent_first_name",
    "tenant_name",
    "case_number",
];

const CONTACT_FIELD: &str = "contact.custom_fields.";
const CONVERSATION_FIELD: &str = "conversation.custom_fields.";

/// A text with merge tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<TemplatePart>,
}

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// Text that stays as it is.
    Text(String),
    /// A tag to fill.
    Tag(MergeTag),
}

/// `{{name|fallback}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeTag {
    /// What stands before the bar, without the spaces around it.
    pub name: String,
    /// What is written where the field is empty; may itself be empty, which says that nothing is fine.
    pub fallback: Option<String>,
}

impl MergeTag {
    /// Whether this version can fill it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        let is_field = |prefix| self.name.strip_prefix(prefix).is_some_and(|key: &str| !key.is_empty());
        MERGE_TAGS.contains(&self.name.as_str()) || is_field(CONTACT_FIELD) || is_field(CONVERSATION_FIELD)
    }
}

/// Whom a template is filled for.
#[derive(Clone, Copy, Debug)]
pub struct MergeContext<'a> {
    /// The conversation.
    pub conversation: &'a Conversation,
    /// Who writes.
    pub agent: &'a Me,
    /// The company.
    pub tenant: &'a str,
}

/// A tag that has neither value nor fallback for one conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptyField {
    /// The name of the tag.
    pub tag: String,
}

/// A piece of a filled template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderedPart<'a> {
    /// Text of the template.
    Text(&'a str),
    /// What a tag became.
    Value {
        /// The name of the tag.
        tag: &'a str,
        /// Its value.
        text: &'a str,
    },
}

impl Template {
    /// Reads a text. Never fails: a tag that cannot be filled is a verdict of the plan, see
    /// [`Template::unknown_tags`]. A `{{` that is never closed counts as an unknown tag, because the customer would
    /// read it.
    ///
    /// ```
    /// use muster_model::Template;
    ///
    /// let template = Template::parse("Hi {{customer_first_name|there}}, {{order}} is on its way.");
    /// assert_eq!(template.unknown_tags(), ["order"]);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            if open > 0 {
                parts.push(TemplatePart::Text(rest[..open].to_owned()));
            }
            let inner = &rest[open + 2..];
            let (body, after) = match inner.find("}}") {
                Some(close) => (&inner[..close], &inner[close + 2..]),
                None => inner.split_at(inner.find('\n').unwrap_or(inner.len())),
            };
            let closed = body.len() + after.len() < inner.len();
            let (name, fallback) = match body.split_once('|') {
                Some((name, fallback)) => (name, Some(fallback.trim().to_owned())),
                None => (body, None),
            };
            let name = if closed { name.trim().to_owned() } else { format!("{{{{{}", name.trim()) };
            parts.push(TemplatePart::Tag(MergeTag { name, fallback }));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Text(rest.to_owned()));
        }
        Self { parts }
    }

    /// The pieces in order.
    #[must_use]
    pub fn parts(&self) -> &[TemplatePart] {
        &self.parts
    }

    /// The tags in the order of the text, repeated ones too: one per value.
    pub fn tags(&self) -> impl Iterator<Item = &MergeTag> {
        self.parts.iter().filter_map(|part| if let TemplatePart::Tag(tag) = part { Some(tag) } else { None })
    }

    /// The names that this version cannot fill, each once. A text with any is never sent.
    #[must_use]
    pub fn unknown_tags(&self) -> Vec<String> {
        distinct(self.tags().filter(|tag| !tag.is_known()).map(|tag| tag.name.clone()))
    }

    /// What each tag becomes for one conversation, in the order of [`Template::tags`]; fallbacks applied.
    ///
    /// # Errors
    /// The fields that are empty and have no fallback, each once; unknown tags are always among them.
    pub fn values(&self, context: &MergeContext<'_>) -> Result<Vec<String>, Vec<EmptyField>> {
        self.values_with(context, &BTreeMap::new())
    }

    /// As [`Template::values`], with values that somebody typed for tags that have none of their own, by the tag's name.
    ///
    /// # Errors
    /// As [`Template::values`].
    pub fn values_with(
        &self,
        context: &MergeContext<'_>,
        typed: &BTreeMap<String, String>,
    ) -> Result<Vec<String>, Vec<EmptyField>> {
        let filled = |value: &String| !value.trim().is_empty();
        let mut values = Vec::new();
        let mut empty = Vec::new();
        for tag in self.tags() {
            let own = context.value(&tag.name).filter(filled);
            let value =
                own.or_else(|| typed.get(&tag.name).filter(|value| tag.is_known() && filled(value)).cloned());
            match value.or_else(|| tag.fallback.clone().filter(|_| tag.is_known())) {
                Some(value) => values.push(value),
                None => empty.push(tag.name.clone()),
            }
        }
        if empty.is_empty() {
            Ok(values)
        } else {
            Err(distinct(empty.into_iter()).into_iter().map(|tag| EmptyField { tag }).collect())
        }
    }

    /// The finished text from values that [`Template::values`] gave, now or when they were stored.
    #[must_use]
    pub fn render(&self, values: &[String]) -> String {
        let mut text = String::new();
        for part in self.render_parts(values) {
            let (RenderedPart::Text(piece) | RenderedPart::Value { text: piece, .. }) = part;
            text.push_str(piece);
        }
        text
    }

    /// As [`Template::render`], in pieces, so that the values can be highlighted.
    #[must_use]
    pub fn render_parts<'a>(&'a self, values: &'a [String]) -> Vec<RenderedPart<'a>> {
        let mut values = values.iter();
        self.parts
            .iter()
            .map(|part| match part {
                TemplatePart::Text(text) => RenderedPart::Text(text),
                TemplatePart::Tag(tag) => RenderedPart::Value {
                    tag: &tag.name,
                    text: values.next().or(tag.fallback.as_ref()).map_or("", String::as_str),
                },
            })
            .collect()
    }
}

impl MergeContext<'_> {
    /// The value of a field as it is, if there is one.
    fn value(&self, tag: &str) -> Option<String> {
        let conversation = self.conversation;
        let contact = &conversation.contact;
        match tag {
            "customer_first_name" => contact.first_name().map(str::to_owned),
            "customer_name" => Some(contact.name.clone()),
            "customer_email" => contact.email.clone(),
            "conversation_id" => Some(conversation.id.as_str().to_owned()),
            "conversation_subject" => Some(conversation.subject.clone()),
            "agent_name" => Some(self.agent.name.clone()),
            "agent_first_name" => self.agent.name.split_whitespace().next().map(str::to_owned),
            "tenant_name" => Some(self.tenant.to_owned()),
            "case_number" => conversation.case_number.clone(),
            _ => match (tag.strip_prefix(CONTACT_FIELD), tag.strip_prefix(CONVERSATION_FIELD)) {
                (Some(key), _) => contact.custom_fields.get(key).cloned(),
                (_, Some(key)) => conversation.custom_fields.get(key).cloned(),
                (None, None) => None,
            },
        }
    }
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut once = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

#[cfg(test)]
mod tests;
