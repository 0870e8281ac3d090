//! Channel rules, one table: how long, until when, with or without files. Source: seed `atender-mass-reply`,
//! "Channel-by-channel behaviour".

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
