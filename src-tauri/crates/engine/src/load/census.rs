//! Whom and what the conversations of a file name: the directory that no server is there to give.

use std::collections::{BTreeSet, HashMap};

use muster_model::{Agent, Channel, Conversation, Directory, Handle, Me, Tag, Team};

/// What was named so far. Grows with the number of names, not of conversations.
#[derive(Default)]
pub(super) struct Census {
    agents: BTreeSet<Handle>,
    teams: BTreeSet<Handle>,
    channels: BTreeSet<Channel>,
    /// How often each tag occurs.
    tags: HashMap<String, u64>,
}

impl Census {
    pub(super) fn count(&mut self, conversation: &Conversation) {
        let Conversation { assignee, followers, tags, channel, .. } = conversation;
        for agent in assignee.agent.iter().chain(followers) {
            if !self.agents.contains(agent) {
                self.agents.insert(agent.clone());
            }
        }
        if let Some(team) = &assignee.team
            && !self.teams.contains(team)
        {
            self.teams.insert(team.clone());
        }
        if !self.channels.contains(channel) {
            self.channels.insert(channel.clone());
        }
        for tag in tags {
            match self.tags.get_mut(tag) {
                Some(count) => *count += 1,
                None => {
                    self.tags.insert(tag.clone(), 1);
                }
            }
        }
    }

    /// The directory: tags with the most frequent first, everybody else by handle.
    pub(super) fn directory(self, conversations: u64) -> Directory {
        let mut tags: Vec<(String, u64)> = self.tags.into_iter().collect();
        tags.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        Directory {
            agents: self
                .agents
                .into_iter()
                .map(|handle| Agent {
                    id: handle.as_str().into(),
                    name: handle.to_string(),
                    handle,
                    teams: Vec::new(),
                })
                .collect(),
            teams: self
                .teams
                .into_iter()
                .map(|handle| Team { id: handle.as_str().into(), name: handle.to_string(), handle })
                .collect(),
            tags: tags.into_iter().map(|(name, _)| Tag { name, color: None }).collect(),
            channels: self.channels.into_iter().collect(),
            conversations: Some(conversations),
            ..Directory::default()
        }
    }
}

/// Nobody's key opens a file: it has no `me`, and nobody may do anything. Stands where the cache keeps whose key it is.
pub(super) fn nobody() -> Me {
    Me {
        id: "nobody".into(),
        handle: "nobody".into(),
        name: "Nobody".to_owned(),
        role: "file".to_owned(),
        may_reply: false,
        may_change: false,
        may_note: false,
    }
}
