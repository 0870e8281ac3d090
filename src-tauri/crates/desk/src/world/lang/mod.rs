//! What customers write about, and how, in each language: tables only. In a topic the first message at a place fits the
//! subject at that place. A phrase that begins with `box|`, `pay|` or `web|` fits only goods, money or the site. `{order}`, `{product}`, `{amount}`, `{tracking}`,
//! `{invoice}`, `{days}`, `{carrier}`, `{n}` and `{first}` are filled in.

mod ar;
mod de;
mod en;
mod en_topics;
mod es;
mod fr;
mod he;
mod ja;
mod ko;
mod nl;
mod pl;
mod pt;
mod ru;
mod tr;
mod zh;

/// What a conversation is about. Decides team and tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::world) enum About {
    Returns,
    Order,
    Product,
    Refund,
    Invoice,
    Discount,
    Bug,
    Account,
    Shipping,
    /// The payment incident.
    Incident,
}

impl About {
    /// The phrases that fit, without their marks; all where none does.
    pub(in crate::world) fn fitting(self, phrases: &[&'static str]) -> Vec<&'static str> {
        let own = match self {
            Self::Returns | Self::Shipping | Self::Order | Self::Product => "box",
            Self::Refund | Self::Invoice | Self::Discount | Self::Incident => "pay",
            Self::Bug | Self::Account => "web",
        };
        let split = |phrase: &&'static str| phrase.split_once('|').unwrap_or(("", phrase));
        let fits = |(mark, phrase): (&str, &'static str)| (mark.is_empty() || mark == own).then_some(phrase);
        let fitting: Vec<_> = phrases.iter().map(split).filter_map(fits).collect();
        if fitting.is_empty() { phrases.iter().map(|phrase| split(phrase).1).collect() } else { fitting }
    }
}

/// One thing to write about.
#[derive(Debug)]
pub(in crate::world) struct Topic {
    pub(in crate::world) about: About,
    pub(in crate::world) subjects: &'static [&'static str],
    /// What the first message says …
    pub(in crate::world) opens: &'static [&'static str],
    /// … and adds.
    pub(in crate::world) details: &'static [&'static str],
    /// What the agent answers.
    pub(in crate::world) answers: &'static [&'static str],
}

/// How people of one language are called and write.
#[derive(Debug)]
pub(in crate::world) struct Language {
    pub(in crate::world) code: &'static str,
    pub(in crate::world) weight: u32,
    /// `Name` or `Name|romanised`.
    pub(in crate::world) first: &'static [&'static str],
    pub(in crate::world) last: &'static [&'static str],
    pub(in crate::world) family_first: bool,
    pub(in crate::world) cities: &'static [&'static str],
    pub(in crate::world) products: &'static [&'static str],
    /// `{}` is the figure.
    pub(in crate::world) money: &'static str,
    pub(in crate::world) decimal: char,
    pub(in crate::world) hello: &'static [&'static str],
    pub(in crate::world) bye: &'static [&'static str],
    pub(in crate::world) dear: &'static str,
    /// Before a quoted message: `{name}`.
    pub(in crate::world) wrote: &'static str,
    pub(in crate::world) topics: &'static [Topic],
    /// What a customer writes later on.
    pub(in crate::world) again: &'static [&'static str],
    /// What a customer writes when all is well.
    pub(in crate::world) thanks: &'static [&'static str],
    /// What an agent writes later on.
    pub(in crate::world) later: &'static [&'static str],
}

/// All languages, the most frequent first.
pub(in crate::world) static LANGUAGES: [&Language; 14] = [
    &en::EN,
    &de::DE,
    &fr::FR,
    &es::ES,
    &pt::PT,
    &pl::PL,
    &nl::NL,
    &ru::RU,
    &ja::JA,
    &ar::AR,
    &tr::TR,
    &zh::ZH,
    &he::HE,
    &ko::KO,
];
