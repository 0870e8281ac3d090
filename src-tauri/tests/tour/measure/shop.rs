//! Invented conversations as `musterctl import` reads them: 200 agents, 12 teams, 400 tags by Zipf, three years, one to
//! three messages. The same on every run.

use crate::Result;
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

const WORDS: [&str; 24] = [
    "payment", "failed", "order", "refund", "delivery", "late", "invoice", "address", "parcel", "broken",
    "shelf", "lamp", "charged", "twice", "please", "check", "account", "login", "voucher", "question",
    "return", "label", "missing", "thanks",
];
const CHANNELS: [&str; 6] = ["email", "email", "email", "chat", "sms", "whatsapp"];
/// Most is done with, as in any help desk.
const STATUSES: [&str; 10] =
    ["done", "done", "done", "done", "archived", "archived", "active", "active", "snoozed", "spam"];
/// 2026-01-01, and three years of seconds before it.
const END: u64 = 1_767_225_600;
const SPAN: u64 = 3 * 365 * 86_400;

/// Numbers that look random and are not.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides.max(1)
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.throw(words.len() as u64)).unwrap_or_default();
        words.get(at).copied().unwrap_or_default()
    }

    fn text(&mut self, words: u64) -> String {
        (0..words).map(|_| self.one_of(&WORDS)).collect::<Vec<_>>().join(" ")
    }

    /// Small numbers often, large ones seldom: about as 1/n.
    fn zipf(&mut self, most: u64) -> u64 {
        let limit = self.throw(most) + 1;
        self.throw(limit)
    }
}

/// Writes so many lines.
pub fn write_shop(path: &Path, conversations: u64) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut dice = Dice(7);
    for n in 0..conversations {
        let updated = END - n * SPAN / conversations.max(1);
        let created = updated.saturating_sub(dice.throw(14 * 86_400));
        let messages: Vec<_> = (0..=dice.throw(3))
            .map(|at| {
                let from = if at % 2 == 0 { "customer" } else { "agent" };
                let words = 20 + dice.throw(80);
                json!({ "id": format!("{n}-{at}"), "at": moment(created + at * 3600), "kind": "message", "from": from,
                        "author": format!("Person {}", n % 9973), "text": dice.text(words), "html": null })
            })
            .collect();
        let agent = (dice.throw(4) > 0).then(|| format!("agent-{:03}@shop.example", dice.zipf(200)));
        let tags: Vec<String> = (0..dice.throw(3)).map(|_| format!("tag-{:03}", dice.zipf(400))).collect();
        let words = 3 + dice.throw(5);
        let line = json!({
            "id": n.to_string(), "subject": dice.text(words),
            "contact": { "name": format!("Person {}", n % 9973), "email": format!("person{}@mail.example", n % 9973),
                         "phone": null },
            "channel": dice.one_of(&CHANNELS), "status": dice.one_of(&STATUSES), "snoozed_until": null,
            "priority": dice.one_of(&["none", "none", "low", "medium", "high", "urgent"]),
            "assignee": { "agent": agent, "team": format!("team-{:02}", dice.throw(12)) },
            "tags": tags, "followers": [], "created": moment(created), "updated": moment(updated),
            "messages": messages,
        });
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// A second since 1970 in RFC 3339; the calendar of Howard Hinnant's `civil_from_days`.
fn moment(second: u64) -> String {
    let (days, rest) = (second / 86_400 + 719_468, second % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
