//! The conversations on top of the list, told line by line.

mod scenes;

use scenes::{SCENES, Scene};

use super::company::{ME, TEAMS, handle_of};
use super::files::{pdf, png};
use super::mail::{self, Quoted};
use super::story::team;
use super::{Entry, NewContact, NewConversation, What};
use crate::clock::{MINUTE, Millis};
use crate::rng::Rng;

use What::{Agent, Customer};

/// Everybody on top of the list, seen from `now`. All of them are mine.
pub(super) fn cast(rng: &mut Rng, now: Millis) -> Vec<(NewContact, NewConversation)> {
    SCENES.iter().map(|scene| (contact(scene), conversation(rng, scene, now))).collect()
}

fn contact(scene: &Scene) -> NewContact {
    NewContact {
        name: scene.name.to_owned(),
        email: scene.email.map(str::to_owned),
        phone: scene.phone.map(str::to_owned),
        custom_fields: vec![
            ("city".to_owned(), scene.city.to_owned()),
            ("language".to_owned(), scene.language.to_owned()),
            ("plan".to_owned(), if scene.tags.contains(&"vip") { "Plus" } else { "Standard" }.to_owned()),
        ],
    }
}

fn conversation(rng: &mut Rng, scene: &Scene, now: Millis) -> NewConversation {
    let mut entries: Vec<Entry> = Vec::new();
    for (what, author, minutes, text) in scene.lines {
        let mut entry = team(*what, author, (*text).to_owned());
        if *what == Customer {
            entry = Entry { author: scene.name.to_owned(), handle: None, ..entry };
        }
        entry.at = now.minus(minutes * MINUTE);
        if scene.channel == "email" && matches!(what, Customer | Agent) {
            dress(rng, &mut entry, &entries, scene.language);
        }
        entries.push(entry);
    }
    if let Some(last) = entries.last_mut() {
        match scene.order {
            "48213" => last.files.push(png("card-statement.png", 360, 296, rng)),
            "47655" => last.files.push(pdf("return-form-signed.pdf", "Return form, signed")),
            _ => {}
        }
    }
    NewConversation {
        contact: 0,
        subject: scene.subject.to_owned(),
        channel: scene.channel.to_owned(),
        status: "active".to_owned(),
        snoozed_until: None,
        priority: scene.priority.to_owned(),
        agent: Some(ME.to_owned()),
        team: TEAMS.get(scene.team).map(|(handle, _)| (*handle).to_owned()),
        tags: scene.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        followers: if scene.followed { vec![ME.to_owned(), handle_of("Jonas Feld")] } else { Vec::new() },
        case_number: Some(format!("BG-{}", scene.order)),
        custom_fields: vec![("order".to_owned(), scene.order.to_owned())],
        entries,
    }
}

/// Puts the message that is answered below, as mail programs do, and customers’ mail into HTML.
fn dress(rng: &mut Rng, entry: &mut Entry, before: &[Entry], language: &str) {
    let answered = before.iter().rfind(|other| {
        matches!(other.what, Customer | Agent) && (other.what == Customer) != (entry.what == Customer)
    });
    let intro = answered.map(|other| match language {
        "fr" => format!("{} a écrit :", other.author),
        "ru" => format!("{} пишет:", other.author),
        _ => format!("{} wrote:", other.author),
    });
    let quoted =
        answered.zip(intro.as_deref()).map(|(other, intro)| Quoted { intro, text: other.text.as_str() });
    if entry.what == Customer {
        entry.html = Some(mail::html(rng, &entry.text, quoted, false));
    }
    entry.text = mail::plain(&entry.text, quoted);
}
