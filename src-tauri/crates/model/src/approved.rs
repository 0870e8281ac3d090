//! Approved texts: what WhatsApp lets through after its window closed. Their gaps are filled in by the sender, and what fills
//! a gap may hold merge tags, so that each recipient reads their own.

use serde::{Deserialize, Serialize};

use crate::{Template, TemplatePart};

/// An approved text with what fills its gaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// How the help desk knows it.
    pub name: String,
    /// The text as it was approved, `{{1}}`, `{{2}}` … where it has gaps.
    pub text: String,
    /// What fills each gap, with merge tags.
    pub fills: Vec<String>,
}

impl Approved {
    /// The gaps that nothing fills yet, counted from 1.
    #[must_use]
    pub fn open_gaps(&self) -> Vec<usize> {
        let is_open = |gap: &usize| self.fills[*gap - 1].trim().is_empty();
        (1..=self.fills.len()).filter(is_open).collect()
    }

    /// The whole text with merge tags, every gap filled.
    #[must_use]
    pub fn template(&self) -> Template {
        let mut text = String::new();
        for part in Template::parse(&self.text).parts() {
            match (part, self.gap(part)) {
                (_, Some(gap)) => text.push_str(&self.fills[gap]),
                (TemplatePart::Text(piece), None) => text.push_str(piece),
                (TemplatePart::Tag(tag), None) => match &tag.fallback {
                    Some(fallback) => text.push_str(&format!("{{{{{}|{fallback}}}}}", tag.name)),
                    None => text.push_str(&format!("{{{{{}}}}}", tag.name)),
                },
            }
        }
        Template::parse(&text)
    }

    /// What fills each gap for one recipient, given the values of the merge tags of [`Approved::template`].
    #[must_use]
    pub fn parameters(&self, values: &[String]) -> Vec<String> {
        let fills: Vec<Template> = self.fills.iter().map(|fill| Template::parse(fill)).collect();
        let mut parameters: Vec<Option<String>> = vec![None; fills.len()];
        let mut rest = values;
        for part in Template::parse(&self.text).parts() {
            let taken = match (part, self.gap(part)) {
                (_, Some(gap)) => {
                    let taken = fills[gap].tags().count().min(rest.len());
                    // A gap that stands there twice is filled the same way twice.
                    parameters[gap].get_or_insert_with(|| fills[gap].render(&rest[..taken]));
                    taken
                }
                (TemplatePart::Tag(_), None) => rest.len().min(1),
                (TemplatePart::Text(_), None) => 0,
            };
            rest = &rest[taken..];
        }
        let unused =
            |(parameter, fill): (Option<String>, &Template)| parameter.unwrap_or_else(|| fill.render(&[]));
        parameters.into_iter().zip(&fills).map(unused).collect()
    }

    /// The place among the fills of what fills this part, if it is a gap.
    fn gap(&self, part: &TemplatePart) -> Option<usize> {
        let TemplatePart::Tag(tag) = part else { return None };
        let number: usize = tag.name.parse().ok()?;
        number.checked_sub(1).filter(|place| *place < self.fills.len())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn approved(text: &str, fills: &[&str]) -> Approved {
        let fills = fills.iter().map(|fill| (*fill).to_owned()).collect();
        Approved { name: "issue_resolved".into(), text: text.into(), fills }
    }

    #[rstest]
    #[case::one("Hello {{1}}, it is solved.", &["{{customer_first_name|there}}"], &["Marta"], "Hello Marta, it is solved.", &["Marta"])]
    #[case::plain("Order {{1}} left on {{2}}.", &["48213", "Monday"], &[], "Order 48213 left on Monday.", &["48213", "Monday"])]
    #[case::turned_round("{{2}}: {{1}}", &["{{case_number}}!", "Dear {{customer_name}}"], &["Marta W", "C-7"], "Dear Marta W: C-7!", &["C-7!", "Dear Marta W"])]
    #[case::twice("{{1}}, {{1}}", &["{{agent_name}}"], &["Mira", "Mira"], "Mira, Mira", &["Mira"])]
    #[case::several_in_one("{{1}}", &["{{customer_name}} and {{agent_name}}"], &["Marta", "Mira"], "Marta and Mira", &["Marta and Mira"])]
    #[case::nowhere("No gap.", &["x"], &[], "No gap.", &["x"])]
    fn whole_text_and_gaps_say_the_same(
        #[case] text: &str,
        #[case] fills: &[&str],
        #[case] values: &[&str],
        #[case] whole: &str,
        #[case] parameters: &[&str],
    ) {
        let approved = approved(text, fills);
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        assert_eq!(approved.template().tags().count(), values.len());
        assert_eq!(approved.template().render(&values), whole);
        assert_eq!(approved.parameters(&values), parameters);
        assert_eq!(approved.open_gaps(), Vec::<usize>::new());
    }

    #[test]
    fn an_open_gap_is_named() {
        assert_eq!(approved("{{1}} {{2}}", &["x", " "]).open_gaps(), [2]);
    }

    #[test]
    fn a_gap_that_the_help_desk_did_not_count_is_no_merge_tag() {
        assert_eq!(approved("{{1}} {{7}}", &["x"]).template().unknown_tags(), ["7"]);
    }
}
