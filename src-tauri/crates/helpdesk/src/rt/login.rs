//! Who answers, whose key it is, what that one may do, and whom RT knows.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use muster_model::{Agent, Directory, Me};
use serde_json::json;

use super::asking::{at, quoted, ticket, ticket_times};
use super::client::{DIALECT, RequestTracker, base};
use super::map::{self, Rights};
use super::sync::ALL;
use super::wire::{About, Group, List, Queue, Ref, User};
use crate::transport::{Patience, Transport};
use crate::{ApiKey, ReadError};

/// Queues on which it is tried what this key may do.
const TRIED_QUEUES: usize = 6;
/// Groups and agents that are asked for; a company has fewer.
const MOST: usize = 200;

/// A Request Tracker that answers at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// Its version, where it says so to strangers.
    pub version: Option<String>,
    /// How long it took to answer.
    pub latency: Duration,
}

/// Looks whether a Request Tracker answers at `url`. Sends no key, so that RT says "unauthorized" in its own way.
///
/// # Errors
/// The address cannot be used, nobody answers, or somebody else does.
pub async fn detect(url: &str) -> Result<Detected, ReadError> {
    detect_with(url, Patience::default()).await
}

pub(super) async fn detect_with(url: &str, patience: Patience) -> Result<Detected, ReadError> {
    let transport = Transport::new(base(url)?, DIALECT, None, patience)?;
    let asked = Instant::now();
    match transport.read::<About>(transport.get(&at(&["rt"])), "/REST/2.0/rt").await {
        Ok(about) => Ok(Detected { version: Some(about.version), latency: asked.elapsed() }),
        // Said by RT, because only its own words were taken for a refusal: see `Transport::refused_in_words`.
        Err(ReadError::KeyRefused { .. }) => {
            let latency = asked.elapsed();
            let request = transport.get(&at(&["rt"]));
            if transport.refuses_strangers(request).await? {
                return Ok(Detected { version: None, latency });
            }
            Err(transport.malformed("something else runs there. Check the address.".to_owned()))
        }
        Err(err) => Err(err),
    }
}

/// The number of the user in a token that RT made: `1-27-6ea585e1…`
pub(super) fn number_in(key: &ApiKey) -> Option<String> {
    let mut parts = key.expose().split('-');
    let (version, user, secret) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (version == "1" && is_number(user) && !secret.is_empty() && parts.next().is_none())
        .then(|| user.to_owned())
}

impl RequestTracker {
    pub(super) async fn ask_me(&self) -> Result<Me, ReadError> {
        let Some(login) = &self.login else {
            return Err(ReadError::BadAddress(
                "Request Tracker does not say whose key this is. Enter the login of its owner as well (--user LOGIN)."
                    .to_owned(),
            ));
        };
        let user = self.user(login).await.map_err(|err| match err {
            ReadError::NotFound { .. } | ReadError::NotPermitted { .. } => ReadError::NotFound {
                what: format!("the user “{login}”, or does not show it to this key. Check the login"),
            },
            err => err,
        })?;
        if self.read(|state| state.queues.is_none()) {
            self.learn_queues().await?;
        }
        let me = map::me(&user, self.rights().await?);
        self.write(|state| {
            state.cast.meet(&user.name);
            state.names.users.insert(user.id.clone(), user.name.clone());
            state.me = Some(me.clone());
        });
        Ok(me)
    }

    /// Asks who this is and for queues, unless that is known.
    pub(super) async fn prepare(&self) -> Result<(), ReadError> {
        if self.read(|state| state.me.is_none()) {
            self.ask_me().await?;
        }
        if self.read(|state| state.agents.is_empty()) {
            self.learn_agents().await?;
        }
        Ok(())
    }

    pub(super) async fn ask_directory(&self) -> Result<Directory, ReadError> {
        self.learn_queues().await?;
        self.learn_agents().await?;
        let total = ticket_times(&self.transport, ALL, 1, 1).await?.total;
        let tenant = self.transport.host().to_owned();
        Ok(self.read(|state| {
            let queues = state.queues.as_deref().unwrap_or_default();
            let tags = state.tags.iter().cloned().collect();
            map::directory(tenant, state.agents.clone(), queues, tags, total)
        }))
    }

    async fn user(&self, login: &str) -> Result<User, ReadError> {
        self.transport.read(self.transport.get(&at(&["user", login])), &format!("the user {login}")).await
    }

    /// Queues, their lifecycles, and whether they have the custom fields for tags and references.
    pub(super) async fn learn_queues(&self) -> Result<(), ReadError> {
        let request = self
            .transport
            .get(&at(&["queues", "all"]))
            .query(&[("fields", "Name,Lifecycle"), ("per_page", "100")]);
        let list: List<Queue> = self.transport.read(request, "queues").await?;
        let mut queues = list.items;
        // The list says nothing of custom fields.
        let (mut tags, mut references) = (None, None);
        for queue in queues.iter_mut().take(TRIED_QUEUES) {
            let request = self.transport.get(&at(&["queue", &queue.id]));
            let whole: Queue = self.transport.read(request, &format!("the queue {}", queue.name)).await?;
            let name = |field: &super::wire::CustomField| (field.id.clone(), field.name.clone());
            tags = tags.or_else(|| map::tags_field(&whole.ticket_custom_fields).map(name));
            references = references
                .or_else(|| map::reference_field(&whole.ticket_transaction_custom_fields).map(name));
            if tags.is_some() && references.is_some() {
                break;
            }
        }
        self.write(|state| {
            for queue in &queues {
                state.names.queues.insert(queue.id.clone(), queue.name.clone());
            }
            state.names.tags_field = tags.as_ref().map(|(id, _)| id.clone());
            state.tags_field = tags.map(|(_, name)| name);
            state.reference_field = references.map(|(_, name)| name);
            state.queues = Some(queues);
        });
        Ok(())
    }

    /// Whether this key may reply, change and comment, which RT shows on tickets: true for a queue in which it may. Without any
    /// ticket nothing speaks against it.
    async fn rights(&self) -> Result<Rights, ReadError> {
        let queues = self.read(|state| state.queues.clone()).unwrap_or_default();
        let mut rights = Rights { reply: false, change: false, comment: false };
        let mut tried = false;
        for queue in queues.iter().take(TRIED_QUEUES) {
            let query = format!("Queue = {} AND Status = '__Active__'", quoted(&queue.name));
            let newest = ticket_times(&self.transport, &query, 1, 1).await?;
            let Some(sample) = newest.items.first() else { continue };
            let (sample, _) = ticket(&self.transport, &sample.id).await?;
            tried = true;
            let may = |what: &str| sample.links.iter().any(|link| link.name == what);
            rights.reply |= may("correspond");
            rights.change |= may("lifecycle");
            rights.comment |= may("comment");
            if rights.reply && rights.change && rights.comment {
                break;
            }
        }
        Ok(if tried { rights } else { Rights { reply: true, change: true, comment: true } })
    }

    /// Colleagues: whoever is in a group that this key may see, and who this is.
    async fn learn_agents(&self) -> Result<(), ReadError> {
        let query = json!([{ "field": "Domain", "value": "UserDefined" }]).to_string();
        let request = self.transport.get(&at(&["groups"])).query(&[
            ("query", query.as_str()),
            ("fields", "Name"),
            ("per_page", "100"),
        ]);
        let groups = match self.transport.read::<List<Ref>>(request, "groups").await {
            Ok(list) => list.items,
            Err(ReadError::NotPermitted { .. } | ReadError::NotFound { .. }) => Vec::new(),
            Err(err) => return Err(err),
        };
        let mut logins: Vec<String> = Vec::new();
        for group in groups.iter().take(MOST) {
            let request = self.transport.get(&at(&["group", &group.id]));
            match self.transport.read::<Group>(request, &format!("the group {}", group.id)).await {
                Ok(group) => {
                    let users = group.members.into_iter().filter(|member| member.kind == "user");
                    logins.extend(users.map(|member| member.id));
                }
                Err(ReadError::NotPermitted { .. } | ReadError::NotFound { .. }) => {}
                Err(err) => return Err(err),
            }
        }
        let (me, known) = self.read(|state| {
            let known: BTreeMap<String, Agent> =
                state.agents.iter().map(|agent| (agent.handle.to_string(), agent.clone())).collect();
            (state.me.clone(), known)
        });
        logins.extend(me.iter().map(|me| me.handle.to_string()));
        logins.sort_unstable();
        logins.dedup();
        let mut agents = Vec::new();
        for login in logins.iter().take(MOST) {
            if let Some(agent) = known.get(login) {
                agents.push(agent.clone());
                continue;
            }
            match self.user(login).await {
                Ok(user) => agents.extend(map::agent(&user)),
                Err(ReadError::NotPermitted { .. } | ReadError::NotFound { .. }) => {}
                Err(err) => return Err(err),
            }
        }
        self.write(|state| {
            for agent in &agents {
                state.cast.meet(agent.handle.as_str());
                state.names.users.insert(agent.id.to_string(), agent.handle.to_string());
            }
            state.agents = agents;
        });
        Ok(())
    }
}
