//! What can go wrong between us and a server, split by what it means for what was asked.

use std::time::Duration;

use muster_model::Reason;
use thiserror::Error;

/// Why a read failed. Nothing was changed at the server.
#[derive(Debug, Error)]
pub enum ReadError {
    /// No connection: refused, no route, no name, time-out.
    #[error("Cannot reach {host}.")]
    Unreachable {
        /// Host (and port) of the address.
        host: String,
        /// What the network said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// 401: the key is wrong, revoked or expired.
    #[error(
        "{host} refuses the key. Check it in the help desk under Settings, API keys, and enter it again."
    )]
    KeyRefused {
        /// Host of the address.
        host: String,
    },
    /// 403: the key is fine, the role is not.
    #[error("{message}")]
    NotPermitted {
        /// The server's words.
        message: String,
    },
    /// 404 or 410.
    #[error("The help desk does not know {what}.")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// 429, and when to come back.
    #[error("The help desk asks to slow down.")]
    SlowDown {
        /// From `Retry-After` or the rate-limit headers.
        retry_after: Option<Duration>,
    },
    /// 5xx, or a proxy's page.
    #[error("The help desk has a problem of its own ({status}).")]
    ServerFault {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not what this kind of help desk says: wrong URL, wrong kind, cut off.
    #[error("{host} does not answer like a {kind} help desk: {detail}")]
    Malformed {
        /// Host of the address.
        host: String,
        /// The kind that we took it for.
        kind: &'static str,
        /// What was wrong with the answer.
        detail: String,
    },
    /// A file that is larger than what was asked for at most.
    #[error("The file is larger than {} MB. Open it in the help desk itself.", .most / 1_000_000)]
    TooLarge {
        /// The most bytes that were wanted.
        most: u64,
    },
    /// The address itself cannot be used (not a URL, not HTTPS and not loopback).
    #[error("{0}")]
    BadAddress(String),
}

impl ReadError {
    /// Whether trying again later, without changing anything, can help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::SlowDown { .. }
                | Self::ServerFault { .. }
                | Self::Malformed { .. }
        )
    }
}

/// A write that provably did **not** reach the server, or that the server provably did not work on. Everything else is
/// an answer with `Unknown` for each effect whose fate it does not state.
#[derive(Debug, Error)]
pub enum NotSent {
    /// No connection could be made: not one byte left.
    #[error("Cannot reach {host}.")]
    Unreachable {
        /// Host (and port) of the address.
        host: String,
    },
    /// 401: the server looked at the key and stopped there.
    #[error("{host} refuses the key.")]
    KeyRefused {
        /// Host of the address.
        host: String,
    },
    /// 403 for the call as a whole.
    #[error("{message}")]
    NotPermitted {
        /// The server's words.
        message: String,
    },
    /// 429: refused before any work.
    #[error("The help desk asks to slow down.")]
    SlowDown {
        /// When to come back.
        retry_after: Option<Duration>,
    },
    /// The server refused the batch whole (400, 404, 409, 413, 422) without working on any of it: split it.
    #[error("{}", .reason.message)]
    Refused {
        /// The server's words.
        reason: Reason,
    },
    /// This server cannot do it at all.
    #[error("{0}")]
    Unsupported(String),
}
