//! Customers: names, addresses and numbers that could be real and are nobody's.

use super::NewContact;
use super::lang::Language;
use crate::rng::Rng;

/// Reserved for examples: no mail reaches anybody.
const DOMAINS: [&str; 8] = [
    "mail.example",
    "post.example",
    "inbox.example",
    "home.example",
    "example.com",
    "example.net",
    "example.org",
    "letters.example",
];
const PLANS: [&str; 5] = ["Standard", "Standard", "Standard", "Plus", "Trade"];

/// Somebody, and how an agent addresses them.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) contact: NewContact,
    pub(super) called: String,
}

/// Makes somebody up. `number` keeps addresses apart.
pub(super) fn person(rng: &mut Rng, language: &Language, number: usize, channel: &str) -> Person {
    let (first, first_latin) = split(rng.pick(language.first));
    let (last, last_latin) = split(rng.pick(language.last));
    let name = match (language.family_first, language.code) {
        (true, "zh" | "ko") => format!("{last}{first}"),
        (true, _) => format!("{last} {first}"),
        _ => format!("{first} {last}"),
    };
    let (first_latin, last_latin) = (latin(first_latin), latin(last_latin));
    let local = match rng.below(4) {
        0 => format!("{first_latin}.{last_latin}{}", number % 97),
        1 => format!("{last_latin}{number}"),
        2 => format!("{}{last_latin}{}", &first_latin[..1.min(first_latin.len())], number % 89),
        _ => format!("{first_latin}{number}"),
    };
    let email = format!("{local}@{}", rng.pick(&DOMAINS));
    let has_phone = matches!(channel, "sms" | "whatsapp" | "voice") || rng.chance(0.3);
    let has_email = matches!(channel, "email" | "chat") || rng.chance(0.5);
    let contact = NewContact {
        name,
        email: has_email.then_some(email),
        phone: has_phone.then(|| phone(rng, language.code)),
        custom_fields: vec![
            ("city".to_owned(), rng.pick(language.cities).to_owned()),
            ("language".to_owned(), language.code.to_owned()),
            ("plan".to_owned(), rng.pick(&PLANS).to_owned()),
        ],
    };
    Person { contact, called: if language.family_first { last } else { first }.to_owned() }
}

fn split(name: &str) -> (&str, &str) {
    name.split_once('|').unwrap_or((name, name))
}

fn phone(rng: &mut Rng, language: &str) -> String {
    let tail = rng.between(100, 999);
    match language {
        "de" => format!("+49 30 23125 {tail}"),
        "fr" => format!("+33 6 39 98 {} {}", rng.between(10, 99), rng.between(10, 99)),
        "en" => format!("+44 7700 900{tail}"),
        _ => format!("+1 202 555 0{tail}"),
    }
}

/// Letters that can stand in an address.
fn latin(name: &str) -> String {
    let mut letters = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'a'..='z' => letters.push(letter),
            'á' | 'à' | 'â' | 'ã' | 'å' | 'ą' => letters.push('a'),
            'ä' => letters.push_str("ae"),
            'ç' | 'ć' | 'č' => letters.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' => letters.push('e'),
            'ğ' => letters.push('g'),
            'í' | 'î' | 'ï' | 'ı' => letters.push('i'),
            'ł' => letters.push('l'),
            'ñ' | 'ń' => letters.push('n'),
            'ó' | 'ô' | 'õ' => letters.push('o'),
            'ö' | 'ø' => letters.push_str("oe"),
            'ś' | 'ş' => letters.push('s'),
            'ß' => letters.push_str("ss"),
            'ú' | 'û' => letters.push('u'),
            'ü' => letters.push_str("ue"),
            'ý' => letters.push('y'),
            'ż' | 'ź' => letters.push('z'),
            _ => {}
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::super::lang::LANGUAGES;
    use super::*;

    #[test]
    fn everybody_has_an_address_that_mail_takes() {
        let mut rng = Rng::new(1);
        for (number, language) in LANGUAGES.iter().cycle().take(700).enumerate() {
            let person = person(&mut rng, language, number, "email");
            let email = person.contact.email.unwrap();
            let (local, domain) = email.split_once('@').unwrap();
            assert!(
                !local.is_empty() && local.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'),
                "{email}"
            );
            assert!(domain.contains("example"));
            assert!(!person.contact.name.contains('|') && !person.called.is_empty());
        }
    }
}
