//! Brindlewick Goods: who works there, in which teams, and which tags they use.

use super::lang::About;
use super::{NewAgent, NewTeam};

pub(super) const TENANT: &str = "Brindlewick Goods";
/// Whose key it is.
pub(super) const ME: &str = "mira@brindlewick.example";
pub(super) const INCIDENT: &str = "payment-issue-2026-05";

/// Places in [`TEAMS`].
pub(super) const ORDERS: usize = 0;
pub(super) const BILLING: usize = 1;
pub(super) const TECHNICAL: usize = 2;
pub(super) const LOGISTICS: usize = 3;

pub(super) const TEAMS: [(&str, &str); 4] = [
    ("orders-returns", "Orders & returns"),
    ("billing", "Billing"),
    ("technical", "Technical"),
    ("logistics", "Logistics"),
];

/// Name and teams. The address is the first name at the company.
const AGENTS: [(&str, &[usize]); 14] = [
    ("Mira Okafor", &[BILLING, ORDERS]),
    ("Jonas Feld", &[BILLING]),
    ("Aiko Tan", &[BILLING]),
    ("Priscilla Oyelaran", &[ORDERS]),
    ("Tomasz Wrona", &[ORDERS]),
    ("Elin Sjöberg", &[ORDERS]),
    ("Caspar Whitmore", &[ORDERS, LOGISTICS]),
    ("Renata Quiroga", &[ORDERS]),
    ("Devraj Anand", &[TECHNICAL]),
    ("Hanneke Bos", &[TECHNICAL]),
    ("Luc Fontaine", &[TECHNICAL]),
    ("Samira Haddad", &[LOGISTICS]),
    ("Bryn Llewellyn", &[LOGISTICS]),
    ("Yuki Moriyama", &[BILLING, LOGISTICS]),
];

/// Hues: red, orange, yellow, green, teal, blue, violet, grey.
const TAGS: [(&str, u8); 60] = [
    (INCIDENT, 0),
    ("refund", 1),
    ("returns", 4),
    ("vip", 6),
    ("shipping", 3),
    ("invoice", 2),
    ("bug", 5),
    ("not-urgent", 7),
    ("exchange", 4),
    ("damaged", 0),
    ("warranty", 4),
    ("wrong-item", 1),
    ("order-change", 5),
    ("cancellation", 7),
    ("address-change", 3),
    ("duplicate-order", 1),
    ("product-question", 5),
    ("back-in-stock", 3),
    ("care-advice", 4),
    ("spare-parts", 7),
    ("wholesale", 6),
    ("partial-refund", 1),
    ("price-match", 1),
    ("chargeback", 0),
    ("refund-approved", 3),
    ("vat", 2),
    ("dunning", 2),
    ("company-order", 6),
    ("discount", 6),
    ("gift-card", 6),
    ("voucher", 6),
    ("newsletter", 7),
    ("app-ios", 5),
    ("app-android", 5),
    ("checkout", 0),
    ("api", 5),
    ("webhook", 5),
    ("search", 5),
    ("trade-portal", 6),
    ("account", 4),
    ("password-reset", 4),
    ("gdpr", 2),
    ("merge-accounts", 4),
    ("lost-parcel", 0),
    ("customs", 2),
    ("delayed", 1),
    ("wrong-address", 1),
    ("partial-delivery", 1),
    ("carrier-claim", 0),
    ("needs review", 2),
    ("escalated", 0),
    ("waiting-for-supplier", 7),
    ("callback", 5),
    ("feedback", 3),
    ("complaint", 0),
    ("first-order", 3),
    ("loyalty", 6),
    ("social", 5),
    ("stale-cleanup-2026-q1", 7),
    ("holiday-2025", 3),
];

/// Tags that fit anything.
pub(super) const ANY_TAGS: [&str; 11] = [
    "vip",
    "not-urgent",
    "needs review",
    "escalated",
    "waiting-for-supplier",
    "callback",
    "feedback",
    "complaint",
    "first-order",
    "loyalty",
    "social",
];

pub(super) fn teams() -> Vec<NewTeam> {
    TEAMS
        .iter()
        .map(|(handle, name)| NewTeam { handle: (*handle).to_owned(), name: (*name).to_owned() })
        .collect()
}

pub(super) fn agents() -> Vec<NewAgent> {
    AGENTS
        .iter()
        .map(|(name, teams)| NewAgent {
            handle: handle_of(name),
            name: (*name).to_owned(),
            teams: teams.to_vec(),
        })
        .collect()
}

pub(super) fn tags() -> Vec<(String, u8)> {
    TAGS.iter().map(|(name, hue)| ((*name).to_owned(), *hue)).collect()
}

/// The address of an agent.
pub(super) fn handle_of(name: &str) -> String {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    format!("{first}@brindlewick.example")
}

/// The tags of a matter, the usual one first, and how often (in 100) that one is used.
pub(super) const fn tags_of(about: About) -> (&'static [&'static str], u8) {
    match about {
        About::Returns => (&["returns", "exchange", "damaged", "warranty", "wrong-item"], 32),
        About::Order => (&["order-change", "cancellation", "address-change", "duplicate-order"], 60),
        About::Product => {
            (&["product-question", "back-in-stock", "care-advice", "spare-parts", "wholesale"], 60)
        }
        About::Refund => (&["refund", "partial-refund", "price-match", "chargeback", "refund-approved"], 75),
        About::Invoice => (&["invoice", "vat", "dunning", "company-order"], 65),
        About::Discount => (&["discount", "gift-card", "voucher", "newsletter"], 60),
        About::Bug => {
            (&["bug", "app-ios", "app-android", "checkout", "api", "webhook", "search", "trade-portal"], 55)
        }
        About::Account => (&["account", "password-reset", "gdpr", "merge-accounts"], 60),
        About::Shipping => (
            &[
                "shipping",
                "lost-parcel",
                "customs",
                "delayed",
                "wrong-address",
                "partial-delivery",
                "carrier-claim",
            ],
            60,
        ),
        About::Incident => (&[INCIDENT], 100),
    }
}

/// Whose work a matter is, as a place in [`TEAMS`].
pub(super) const fn team_of(about: About) -> usize {
    match about {
        About::Returns | About::Order | About::Product => ORDERS,
        About::Refund | About::Invoice | About::Discount | About::Incident => BILLING,
        About::Bug | About::Account => TECHNICAL,
        About::Shipping => LOGISTICS,
    }
}
