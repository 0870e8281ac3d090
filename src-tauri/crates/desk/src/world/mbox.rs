//! A world from a real mail archive. Mails that refer to each other are one conversation; its first author is the
//! customer, everybody else answers as an agent. Character sets, HTML parts and files are decoded; a mail that cannot be
//! read is reported and left out.

use std::collections::HashMap;
use std::fs::File as OpenFile;
use std::io::BufReader;
use std::path::Path;

use mail_parser::mailbox::mbox::MessageIterator;
use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders};

use super::{Entry, File, NewAgent, NewContact, NewConversation, What, World};
use crate::DeskError;
use crate::clock::Millis;

/// Longest tag.
const TAG_CHARS: usize = 50;

/// One mail, decoded.
#[derive(Clone, Debug)]
struct Mail {
    at: Millis,
    /// Its own id, then those that it refers to.
    ids: Vec<String>,
    address: String,
    name: String,
    subject: String,
    text: String,
    html: Option<String>,
    files: Vec<File>,
}

/// Reads an archive. Also gives a sentence for each mail that was left out.
pub(crate) fn from_mbox(path: &Path) -> Result<(World, Vec<String>), DeskError> {
    let failed = |source| DeskError::Mbox { path: path.to_owned(), source };
    let archive = BufReader::new(OpenFile::open(path).map_err(failed)?);
    let (mut mails, mut left_out) = (Vec::<Mail>::new(), Vec::new());
    for (number, raw) in (1..).zip(MessageIterator::new(archive)) {
        let raw = raw.map_err(failed)?;
        let received = i64::try_from(raw.internal_date()).unwrap_or_default();
        match read(raw.contents(), number, received) {
            Ok(mail) => match mails.iter().find(|other| other.ids.first() == mail.ids.first()) {
                Some(_) => left_out.push(format!("mail {number} is left out: a copy of an earlier one")),
                None => mails.push(mail),
            },
            Err(why) => left_out.push(format!("mail {number} is left out: {why}")),
        }
    }
    if mails.is_empty() {
        return Err(DeskError::NoMail { path: path.to_owned() });
    }
    mails.sort_by(|one, other| (one.at, &one.ids).cmp(&(other.at, &other.ids)));
    let stem = path.file_stem().map_or_else(|| "Mail".to_owned(), |stem| stem.to_string_lossy().into_owned());
    Ok((world(stem, mails), left_out))
}

/// Decodes one mail. `received` in seconds, where the mail itself has no date.
fn read(raw: &[u8], number: usize, received: i64) -> Result<Mail, &'static str> {
    let mail = MessageParser::default().parse(raw).ok_or("it has no headers")?;
    let from = mail.from().and_then(|from| from.first()).ok_or("it does not say from whom it is")?;
    let address = from.address().ok_or("it does not say from whom it is")?.to_lowercase();
    let name = from.name().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(&address).to_owned();
    let own = mail.message_id().map_or_else(|| format!("mail {number}"), str::to_owned);
    let ids =
        [own].into_iter().chain(referred(mail.references())).chain(referred(mail.in_reply_to())).collect();
    let seconds = mail.date().filter(|date| date.is_valid()).map_or(received, |date| date.to_timestamp());
    let html = mail.html_bodies().find(|part| part.is_text_html()).and_then(|part| part.text_contents());
    Ok(Mail {
        at: Millis(seconds.saturating_mul(1000)),
        ids,
        address,
        name,
        subject: mail.subject().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "),
        text: text_of(&mail),
        html: html.map(str::to_owned),
        files: files_of(&mail),
    })
}

/// The ids in a header. Some programs put words around them, so only what looks like an id counts.
fn referred(header: &HeaderValue<'_>) -> Vec<String> {
    let texts: Vec<String> = match header {
        HeaderValue::Text(text) => vec![text.to_string()],
        HeaderValue::TextList(texts) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().filter(|id| id.contains('@') && !id.contains(char::is_whitespace)).collect()
}

fn text_of(mail: &Message<'_>) -> String {
    let parts: Vec<String> = (0..mail.text_body_count())
        .filter_map(|part| mail.body_text(part))
        .map(|text| text.trim().to_owned())
        .collect();
    parts.join("\n\n").replace("\r\n", "\n")
}

fn files_of(mail: &Message<'_>) -> Vec<File> {
    mail.attachments()
        .map(|part| {
            let mime = part.content_type().map_or_else(
                || "application/octet-stream".to_owned(),
                |kind| {
                    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("octet-stream")).to_lowercase()
                },
            );
            let unnamed = if mime == "application/pgp-signature" { "signature.asc" } else { "attachment" };
            let name = part.attachment_name().unwrap_or(unnamed).to_owned();
            File { name, mime, bytes: part.contents().to_vec() }
        })
        .collect()
}

/// Puts mails, oldest first, into conversations.
fn world(tenant: String, mails: Vec<Mail>) -> World {
    let mut world = World { tenant, ..World::default() };
    let mut answers: HashMap<String, usize> = HashMap::new();
    let mut contacts: HashMap<String, usize> = HashMap::new();
    for thread in threads(mails) {
        let Some(first) = thread.first() else { continue };
        let customer = first.address.clone();
        let contact = *contacts.entry(customer.clone()).or_insert_with(|| {
            world.contacts.push(NewContact {
                name: first.name.clone(),
                email: Some(customer.clone()),
                ..NewContact::default()
            });
            world.contacts.len() - 1
        });
        let tags = tags_of(&first.subject);
        for tag in &tags {
            if !world.tags.iter().any(|(known, _)| known == tag) {
                world.tags.push((tag.clone(), (world.tags.len() % 8) as u8));
            }
        }
        let subject = first.subject.clone();
        let mut agent = None;
        let mut entries = Vec::with_capacity(thread.len());
        for mail in thread {
            let answers_it = mail.address != customer;
            if answers_it {
                *answers.entry(mail.address.clone()).or_default() += 1;
                if !world.agents.iter().any(|known| known.handle == mail.address) {
                    let (handle, name) = (mail.address.clone(), mail.name.clone());
                    world.agents.push(NewAgent { handle, name, teams: Vec::new() });
                }
                agent = Some(mail.address.clone());
            }
            entries.push(Entry {
                at: mail.at,
                what: if answers_it { What::Agent } else { What::Customer },
                author: mail.name,
                handle: answers_it.then_some(mail.address),
                text: mail.text,
                html: mail.html,
                files: mail.files,
            });
        }
        world.conversations.push(NewConversation {
            contact,
            subject,
            channel: "email".to_owned(),
            status: "active".to_owned(),
            priority: "none".to_owned(),
            agent,
            tags,
            entries,
            ..NewConversation::default()
        });
    }
    if world.agents.is_empty() {
        let (handle, name) = ("agent@desk.example".to_owned(), "Agent".to_owned());
        world.agents.push(NewAgent { handle, name, teams: Vec::new() });
    }
    // Whose key it is: who answers most.
    world.agents.sort_by_key(|agent| {
        (std::cmp::Reverse(answers.get(&agent.handle).copied().unwrap_or_default()), agent.handle.clone())
    });
    world
}

/// Mails that share an id, their own or one that they refer to, belong together – also where the mail of that id is not
/// in the archive.
fn threads(mails: Vec<Mail>) -> Vec<Vec<Mail>> {
    let mut parent: Vec<usize> = (0..mails.len()).collect();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (place, mail) in mails.iter().enumerate() {
        for id in &mail.ids {
            let other = *known.entry(id).or_insert(place);
            let (one, other) = (root(&mut parent, place), root(&mut parent, other));
            // The older one stays the root, so that threads keep the order of their beginning.
            parent[one.max(other)] = one.min(other);
        }
    }
    let roots: Vec<usize> = (0..mails.len()).map(|place| root(&mut parent, place)).collect();
    let mut threads: Vec<Vec<Mail>> = vec![Vec::new(); mails.len()];
    for (mail, root) in mails.into_iter().zip(roots) {
        threads[root].push(mail);
    }
    threads.retain(|thread| !thread.is_empty());
    threads
}

fn root(parent: &mut [usize], mut place: usize) -> usize {
    while parent[place] != place {
        parent[place] = parent[parent[place]];
        place = parent[place];
    }
    place
}

/// The words in brackets before a subject: lists put their name there.
fn tags_of(subject: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let mut rest = subject;
    while let Some((word, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let word = word.split(' ').next().unwrap_or_default().to_lowercase();
        if !word.is_empty() && word.chars().count() <= TAG_CHARS && !tags.contains(&word) {
            tags.push(word);
        }
        rest = after.trim_start();
    }
    tags
}

#[cfg(test)]
mod tests;
