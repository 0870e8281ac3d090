//! Whom a note calls: `@` and a whole name, the beginning of a handle up to its own `@`, or a first name that only one
//! colleague has. `@` and a team's name or handle calls everybody in it.

use serde::{Deserialize, Serialize};

use crate::{Agent, Handle, Team};

/// A colleague whom a note calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// How the help desk knows them.
    pub handle: Handle,
    /// As they are called in a text: their own name, or that of their team.
    pub name: String,
}

impl Mention {
    /// Whether the text says `@` and this colleague: by name, first name or handle, or by the name of their team.
    #[must_use]
    pub fn is_named_in(&self, text: &str) -> bool {
        let handle = self.handle.as_str();
        let words = [self.name.as_str(), first(&self.name), handle, local(handle)];
        places(text).any(|rest| words.iter().any(|word| begins(&rest, word)))
    }
}

/// Whom a text calls, each once, in the order of the text; of a team everybody who is in it.
#[must_use]
pub fn mentions_in(text: &str, agents: &[Agent], teams: &[Team]) -> Vec<Mention> {
    let mut called: Vec<Mention> = Vec::new();
    for rest in places(text) {
        for (agent, name) in whom(&rest, agents, teams) {
            if !called.iter().any(|known| known.handle == agent.handle) {
                called.push(Mention { handle: agent.handle.clone(), name: name.to_owned() });
            }
        }
    }
    called
}

/// Who is called by what stands behind one `@`, and by which name.
fn whom<'a>(rest: &str, agents: &'a [Agent], teams: &'a [Team]) -> Vec<(&'a Agent, &'a str)> {
    // By the word with which the text calls the team: whoever reads the text has to find them by it.
    let in_team = |team: &'a Team, word: &'a str| -> Vec<(&'a Agent, &'a str)> {
        let members = agents.iter().filter(|agent| agent.teams.contains(&team.handle));
        members.map(|agent| (agent, word)).collect()
    };
    // The longest: "Ann Lee" does not call the Ann Lee who stands before "Ann Lee-Smith" in the list.
    let by_name =
        agents.iter().filter(|agent| begins(rest, &agent.name)).max_by_key(|agent| agent.name.len());
    let by_team = teams.iter().filter(|team| begins(rest, &team.name)).max_by_key(|team| team.name.len());
    match (by_name, by_team) {
        (Some(agent), Some(team)) if team.name.len() > agent.name.len() => return in_team(team, &team.name),
        (Some(agent), _) => return vec![(agent, &agent.name)],
        (None, Some(team)) => return in_team(team, &team.name),
        (None, None) => {}
    }
    let by_handle = agents.iter().find(|agent| begins(rest, local(agent.handle.as_str())));
    if let Some(agent) = by_handle {
        return vec![(agent, &agent.name)];
    }
    if let Some(team) = teams.iter().find(|team| begins(rest, team.handle.as_str())) {
        return in_team(team, team.handle.as_str());
    }
    let mut same = agents.iter().filter(|agent| begins(rest, first(&agent.name)));
    let only = same.next().filter(|_| same.next().is_none());
    only.map(|agent| (agent, agent.name.as_str())).into_iter().collect()
}

/// What stands behind each `@` that begins a word, in lower case.
fn places(text: &str) -> impl Iterator<Item = String> {
    let signs = text.char_indices().filter(|(_, sign)| *sign == '@');
    signs.filter(|(at, _)| !text[..*at].ends_with(char::is_alphanumeric)).map(|(at, sign)| {
        // No name is longer than this.
        text[at + sign.len_utf8()..].chars().take(200).collect::<String>().to_lowercase()
    })
}

fn begins(rest: &str, word: &str) -> bool {
    !word.is_empty()
        && rest
            .strip_prefix(&word.to_lowercase())
            .is_some_and(|after| !after.starts_with(|sign: char| sign.is_alphanumeric()))
}

fn first(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}

/// A handle up to its own `@`.
fn local(handle: &str) -> &str {
    handle.split('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn agents() -> Vec<Agent> {
        let agent = |handle: &str, name: &str, teams: &[&str]| Agent {
            id: handle.into(),
            handle: handle.into(),
            name: name.into(),
            teams: teams.iter().map(|team| Handle::from(*team)).collect(),
        };
        vec![
            agent("mira@desk.example", "Mira Okafor", &["billing"]),
            agent("jonas@desk.example", "Jonas Albrecht", &["billing", "first-line"]),
            agent("aiko.t@desk.example", "Aiko Tan", &["returns"]),
            agent("aino@desk.example", "Aino Salmela", &[]),
            agent("ann@desk.example", "Ann Lee", &[]),
            agent("smith@desk.example", "Ann Lee Smith", &[]),
        ]
    }

    fn teams() -> Vec<Team> {
        let team =
            |handle: &str, name: &str| Team { id: handle.into(), handle: handle.into(), name: name.into() };
        vec![
            team("billing", "Billing"),
            team("returns", "Orders & returns"),
            team("first-line", "Ann Lee and her line"),
            team("empty", "Night shift"),
        ]
    }

    #[rstest]
    #[case::name("@Aiko Tan, please look.", &["aiko.t@desk.example"])]
    #[case::first_name("@jonas the provider confirms it", &["jonas@desk.example"])]
    #[case::handle("(@aiko.t)", &["aiko.t@desk.example"])]
    #[case::whole_handle("@aino@desk.example?", &["aino@desk.example"])]
    #[case::two("@Jonas and @Mira Okafor and @Jonas", &["jonas@desk.example", "mira@desk.example"])]
    #[case::longest("@Ann Lee Smith", &["smith@desk.example"])]
    #[case::the_beginning_of_another_name("@Annabel, hello", &[])]
    #[case::an_address("write to mira@jonas.example", &[])]
    #[case::team("@Billing, see", &["mira@desk.example", "jonas@desk.example"])]
    #[case::team_of_several_words("@orders & returns", &["aiko.t@desk.example"])]
    #[case::team_by_handle("@returns?", &["aiko.t@desk.example"])]
    #[case::team_with_a_longer_name("@Ann Lee and her line", &["jonas@desk.example"])]
    #[case::somebody_of_a_team_who_was_called("@Jonas, tell @Billing", &["jonas@desk.example", "mira@desk.example"])]
    #[case::team_without_anybody("@Night shift", &[])]
    #[case::nobody("@ghost and a bare @", &[])]
    fn whom_a_text_calls(#[case] text: &str, #[case] expected: &[&str]) {
        let called = mentions_in(text, &agents(), &teams());
        let handles: Vec<&str> = called.iter().map(|mention| mention.handle.as_str()).collect();
        assert_eq!(handles, expected);
        assert!(called.iter().all(|mention| mention.is_named_in(text)));
    }

    #[test]
    fn a_first_name_that_two_have_calls_nobody() {
        let mut agents = agents();
        agents.push(Agent {
            id: "j2".into(),
            handle: "j2@desk.example".into(),
            name: "Jonas Berg".into(),
            teams: vec![],
        });
        // The handle up to its sign is still one person's.
        assert_eq!(mentions_in("@Jonas", &agents, &[])[0].handle.as_str(), "jonas@desk.example");
        agents[1].handle = "ja@desk.example".into();
        assert_eq!(mentions_in("@Jonas", &agents, &[]), []);
    }

    #[test]
    fn what_is_not_named_is_known() {
        let aiko = Mention { handle: "aiko.t@desk.example".into(), name: "Aiko Tan".into() };
        assert!(aiko.is_named_in("@Aiko, look"));
        assert!(!aiko.is_named_in("Aiko, look"));
        assert!(!aiko.is_named_in("@Aikos"));
    }
}
