//! Every tag, fallbacks, verdicts, and that values stay values.

use rstest::rstest;

use super::*;
use crate::tests::conversation;

fn agent() -> Me {
    Me {
        id: "a1".into(),
        handle: "mara@example.com".into(),
        name: "Mara Lindqvist".to_owned(),
        role: "agent".to_owned(),
        may_reply: true,
        may_change: true,
        may_note: true,
    }
}

fn filled(text: &str) -> Result<String, Vec<String>> {
    let conversation = conversation();
    let agent = agent();
    let context = MergeContext { conversation: &conversation, agent: &agent, tenant: "Nordlicht" };
    let template = Template::parse(text);
    match template.values(&context) {
        Ok(values) => Ok(template.render(&values)),
        Err(empty) => Err(empty.into_iter().map(|field| field.tag).collect()),
    }
}

#[rstest]
#[case("No tags: {single} }} stays", "No tags: {single} }} stays")]
#[case("{{customer_first_name}}/{{customer_name}}", "Ada/Ada Lovelace")]
#[case("{{ customer_email }}", "ada@example.com")]
#[case("{{conversation_id}} {{conversation_subject}}", "c1 Invoice 4711")]
#[case("{{agent_first_name}}, {{agent_name}}, {{tenant_name}}", "Mara, Mara Lindqvist, Nordlicht")]
#[case("{{contact.custom_fields.plan}}", "gold")]
#[case("{{conversation.custom_fields.order}}", "{{customer_name}}")]
#[case("Case {{case_number|not numbered}}", "Case not numbered")]
#[case("Case{{case_number|}}.", "Case.")]
#[case("{{case_number | a|b }}", "a|b")]
#[case("{{contact.custom_fields.empty|none}}", "none")]
fn fills(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(filled(text).as_deref(), Ok(expected));
}

#[rstest]
#[case("{{case_number}} {{case_number}} {{contact.custom_fields.city}}", &["case_number", "contact.custom_fields.city"])]
#[case("{{contact.custom_fields.empty}}", &["contact.custom_fields.empty"])]
#[case("{{order|soon}}", &["order"])]
fn names_what_is_empty(#[case] text: &str, #[case] empty: &[&str]) {
    assert_eq!(filled(text).unwrap_err(), empty);
}

#[rstest]
#[case("Hi {{customer_first_name}}", &[])]
#[case("{{Customer_Name}} {{}} {{order}} {{order}}", &["Customer_Name", "", "order"])]
#[case("{{contact.custom_fields.}}", &["contact.custom_fields."])]
#[case("Hi {{customer_name\nBye", &["{{customer_name"])]
#[case("{{a {{customer_name}}", &["a {{customer_name"])]
fn finds_unknown_tags(#[case] text: &str, #[case] unknown: &[&str]) {
    assert_eq!(Template::parse(text).unknown_tags(), unknown);
}

#[test]
fn stored_values_render_the_same_text_in_pieces() {
    let template = Template::parse("Hi {{customer_first_name}}, case {{case_number|none}}.");
    let values = ["{{agent_name}}".to_owned(), "7".to_owned()];
    assert_eq!(template.render(&values), "Hi {{agent_name}}, case 7.");
    assert_eq!(
        template.render_parts(&values),
        [
            RenderedPart::Text("Hi "),
            RenderedPart::Value { tag: "customer_first_name", text: "{{agent_name}}" },
            RenderedPart::Text(", case "),
            RenderedPart::Value { tag: "case_number", text: "7" },
            RenderedPart::Text("."),
        ]
    );
}

#[test]
fn a_name_that_is_only_an_address_is_no_first_name() {
    let mut conversation = conversation();
    conversation.contact.name = "ada@example.com".to_owned();
    let agent = agent();
    let context = MergeContext { conversation: &conversation, agent: &agent, tenant: "Nordlicht" };
    let template = Template::parse("Hi {{customer_first_name|there}}");
    assert_eq!(template.values(&context), Ok(vec!["there".to_owned()]));
}

#[test]
fn what_was_typed_fills_only_what_is_empty() {
    let conversation = conversation();
    let agent = agent();
    let context = MergeContext { conversation: &conversation, agent: &agent, tenant: "Nordlicht" };
    let template = Template::parse("{{customer_first_name}} {{case_number|none}} {{order}}");
    let typed =
        ["customer_first_name", "case_number", "order"].map(|tag| (tag.to_owned(), "typed".to_owned()));
    let typed = BTreeMap::from(typed);
    let empty = template.values_with(&context, &typed).unwrap_err();
    assert_eq!(empty, [EmptyField { tag: "order".into() }], "an unknown tag stays unknown");
    let template = Template::parse("{{customer_first_name}} {{case_number|none}}");
    assert_eq!(template.values_with(&context, &typed), Ok(vec!["Ada".to_owned(), "typed".to_owned()]));
}
