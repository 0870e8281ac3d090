//! Ids are types: what we create has a UUIDv7, what a help desk created keeps the help desk's own id.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id_type!(
    /// One help desk that the agent is signed in to.
    AccountId
);
id_type!(
    /// One bulk job.
    JobId
);
id_type!(
    /// One view that was saved on this computer.
    ViewId
);
id_type!(
    /// One plan: a change or a reply applied to a frozen audience, not yet confirmed.
    PlanId
);

macro_rules! word_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text unchanged.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text, exactly as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// Maps by id are asked with the text of a column.
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

word_type!(
    /// A help desk's own id for something. Opaque: stored, compared, sent back, never parsed.
    RemoteId
);
word_type!(
    /// How an agent (by e-mail address) or a team (by slug) is named in filters, changes and JSON.
    Handle
);

/// A conversation: whose help desk, and its id there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConversationId {
    /// The account that it belongs to.
    pub account: AccountId,
    /// The help desk's own id.
    pub remote: RemoteId,
}

/// What identifies one reply or note at the help desk, fixed when the job is confirmed and the same in every attempt:
/// job id / item number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientRef(String);

impl ClientRef {
    /// The reference of item `item` (0-based) of `job`.
    #[must_use]
    pub fn new(job: JobId, item: u32) -> Self {
        Self(format!("{job}/{item}"))
    }

    /// The text that travels to the server.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The job that this reference belongs to, if it is one of ours.
    #[must_use]
    pub fn job(&self) -> Option<JobId> {
        self.0.split_once('/').and_then(|(job, _)| job.parse().ok())
    }
}

impl From<String> for ClientRef {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Display for ClientRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
