//! Channel rules, one table: how long, until when, with or without files. Source: seed `atender-mass-reply`,
//! "Channel-by-channel behaviour"; it says of files that "large files are fine on email, blocked on SMS, and
//! size-limited on chat platforms. If a channel can't carry the attachment, the message body still goes – minus the
//! file". The limits in bytes are the platforms' own.

use jiff::{SignedDuration, Timestamp};

text_enum! {
    /// The way that messages travel.
    Channel {
        /// Threaded, subject kept, attachments.
        Email = "email",
        /// Web chat: queued while the visitor is offline.
        Chat = "chat",
        /// No attachments; paid by the segment.
        Sms = "sms",
        /// 24 hours since the customer's last message, else a template is needed.
        Whatsapp = "whatsapp",
        /// As WhatsApp.
        Facebook = "facebook",
        /// As WhatsApp.
        Instagram = "instagram",
        /// Calls: take no written reply.
        Voice = "voice",
    }
}

/// What a channel carries besides text. What it cannot carry is dropped, the text still goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// Also large ones.
    Any,
    /// Each up to so many bytes.
    UpTo(u64),
    /// None.
    Never,
}

/// What holds for every reply on one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelRules {
    /// Whether it takes written replies at all.
    pub written: bool,
    /// How long after the customer's last message a free reply is allowed; `None` = always.
    pub window: Option<SignedDuration>,
    /// Files.
    pub attachments: Files,
    /// The longest text in characters that the platform takes; `None` = no limit worth naming.
    pub max_chars: Option<usize>,
    /// Whether a reply waits at the help desk until the customer comes back.
    pub queued_if_offline: bool,
    /// Whether the reply is threaded under a subject, which is kept.
    pub keeps_subject: bool,
    /// Whether a text is paid by the segment.
    pub paid_by_segment: bool,
}

/// A megabyte, as help desks and platforms count it.
const MB: u64 = 1024 * 1024;

/// A written channel without a window, without a limit to the text.
const PLAIN: ChannelRules = ChannelRules {
    written: true,
    window: None,
    attachments: Files::UpTo(10 * MB),
    max_chars: None,
    queued_if_offline: false,
    keeps_subject: false,
    paid_by_segment: false,
};

/// WhatsApp and Meta: the customer-care window.
const WINDOWED: ChannelRules = ChannelRules { window: Some(SignedDuration::from_hours(24)), ..PLAIN };

static EMAIL: ChannelRules = ChannelRules { attachments: Files::Any, keeps_subject: true, ..PLAIN };
static CHAT: ChannelRules = ChannelRules { queued_if_offline: true, ..PLAIN };
static SMS: ChannelRules = ChannelRules { attachments: Files::Never, paid_by_segment: true, ..PLAIN };
static WHATSAPP: ChannelRules =
    ChannelRules { attachments: Files::UpTo(16 * MB), max_chars: Some(4096), ..WINDOWED };
static FACEBOOK: ChannelRules =
    ChannelRules { attachments: Files::UpTo(25 * MB), max_chars: Some(2000), ..WINDOWED };
static INSTAGRAM: ChannelRules =
    ChannelRules { attachments: Files::UpTo(8 * MB), max_chars: Some(1000), ..WINDOWED };
static VOICE: ChannelRules = ChannelRules { written: false, attachments: Files::Never, ..PLAIN };
static OTHER: ChannelRules = PLAIN;

impl Files {
    /// Whether a file of so many bytes can go with a reply.
    #[must_use]
    pub fn carry(&self, bytes: u64) -> bool {
        match self {
            Self::Any => true,
            Self::UpTo(limit) => bytes <= *limit,
            Self::Never => false,
        }
    }
}

impl Channel {
    /// The rules of this channel. One that this version does not know gets no rule that could block it: its help desk
    /// answers per conversation.
    #[must_use]
    pub fn rules(&self) -> &'static ChannelRules {
        match self {
            Self::Email => &EMAIL,
            Self::Chat => &CHAT,
            Self::Sms => &SMS,
            Self::Whatsapp => &WHATSAPP,
            Self::Facebook => &FACEBOOK,
            Self::Instagram => &INSTAGRAM,
            Self::Voice => &VOICE,
            Self::Other(_) => &OTHER,
        }
    }

    /// Whether a free reply is allowed now, given the customer's last message. A channel with a window on which the
    /// customer never wrote is closed.
    #[must_use]
    pub fn window_open(&self, last_inbound: Option<Timestamp>, now: Timestamp) -> bool {
        match self.rules().window {
            None => true,
            Some(window) => last_inbound.is_some_and(|at| now.duration_since(at) < window),
        }
    }

    /// When the window closes, where the channel has one and the customer ever wrote.
    #[must_use]
    pub fn window_closes(&self, last_inbound: Option<Timestamp>) -> Option<Timestamp> {
        self.rules().window.and_then(|window| last_inbound?.checked_add(window).ok())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Channel::Email, None, true)]
    #[case(Channel::Sms, Some(1000), true)]
    #[case(Channel::Whatsapp, None, false)]
    #[case(Channel::Whatsapp, Some(23), true)]
    #[case(Channel::Whatsapp, Some(24), false)]
    #[case(Channel::Facebook, Some(25), false)]
    #[case(Channel::Instagram, Some(-1), true)]
    #[case(Channel::Other("telegram".into()), None, true)]
    fn windows(#[case] channel: Channel, #[case] hours_ago: Option<i64>, #[case] open: bool) {
        let now: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        let last_inbound = hours_ago.map(|hours| now - SignedDuration::from_hours(hours));
        assert_eq!(channel.window_open(last_inbound, now), open);
        if let Some(closes) = channel.window_closes(last_inbound) {
            assert_eq!(now < closes, open);
        }
    }

    #[rstest]
    #[case(Channel::Email, 25 * MB, true)]
    #[case(Channel::Chat, 10 * MB, true)]
    #[case(Channel::Chat, 10 * MB + 1, false)]
    #[case(Channel::Whatsapp, 16 * MB, true)]
    #[case(Channel::Whatsapp, 17 * MB, false)]
    #[case(Channel::Instagram, 9 * MB, false)]
    #[case(Channel::Sms, 1, false)]
    #[case(Channel::Voice, 1, false)]
    fn files(#[case] channel: Channel, #[case] bytes: u64, #[case] carried: bool) {
        assert_eq!(channel.rules().attachments.carry(bytes), carried);
    }

    #[test]
    fn only_voice_takes_no_written_reply() {
        let silent: Vec<_> = Channel::KNOWN.iter().filter(|channel| !channel.rules().written).collect();
        assert_eq!(silent, [&Channel::Voice]);
    }
}
