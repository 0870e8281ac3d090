//! Conversations that are not about anything usual: calls, spam, people who are hard to address.

use super::lang::{About, Topic};

/// Calls: what the exchange made of them.
pub(super) static CALL: Topic = Topic {
    about: About::Order,
    subjects: &[
        "Missed call, voicemail 0:48",
        "Call, 3:12",
        "Missed call, voicemail 1:05",
        "Call, 7:40",
        "Missed call, voicemail 0:22",
        "Call back requested",
    ],
    opens: &[
        "“Hi, this is {first} from {city}, I am calling about order {order} …”",
        "“Good morning, I wanted to ask about the {product} that I sent back last week …”",
        "“Hello, it is about my bill {invoice}. Could somebody ring me back?”",
        "“I have been waiting for the courier all day, could you please …”",
    ],
    details: &["(Transcript of the voicemail)", "(Transcript, 92 % sure)", "(Caller left a number)"],
    answers: &[
        "Rang back, explained what happens next.",
        "Rang back twice, nobody answered. Left a message.",
    ],
};

/// Calls about the incident.
pub(super) static INCIDENT_CALL: Topic = Topic {
    about: About::Incident,
    subjects: &["Missed call, voicemail 0:31", "Missed call, voicemail 1:12", "Call, 2:06"],
    opens: &[
        "“Hello, this is {first}. You have taken {amount} from my card and the order is not there …”",
        "“I paid for order {order} this morning and your page fell over. Please call me back …”",
    ],
    details: &["(Transcript of the voicemail)"],
    answers: &["Rang back, told about the outage at the payments provider."],
};

/// Name, address, subject, text.
pub(super) const SPAM: [(&str, &str, &str, &str); 8] = [
    (
        "SEO Growth Partners",
        "hello@rank-rocket.example",
        "Your website is losing 80 % of its visitors",
        "Dear webmaster, we noticed that your site is not on page one. Our experts fix that within 30 days, guaranteed. Shall we talk on Tuesday?",
    ),
    (
        "Customs Clearance Dept.",
        "notice@parcel-release.example",
        "Your package is WAITING – pay 1.99 to release",
        "We could not deliver your package. Confirm your card within 24 hours or it goes back to the sender.",
    ),
    (
        "Dr. Emmanuel Kessington",
        "barrister@inheritance-desk.example",
        "Confidential: an estate of 14.2 million",
        "I am the lawyer of a late client who bears your family name. Kindly answer with full discretion.",
    ),
    (
        "Packaging World Ltd",
        "sales@cartons-direct.example",
        "Cartons 40 % cheaper than your supplier",
        "We make printed cartons for shops like yours. Minimum order 20,000 pieces. Reply STOP to never hear from us again.",
    ),
    (
        "Crypto Desk",
        "vip@moon-returns.example",
        "Re: your account has been credited",
        "A balance of 3.2 coins waits for you. Verify your wallet phrase to withdraw.",
    ),
    (
        "Ivanka L.",
        "ivanka@lonely-hearts.example",
        "hello dear",
        "i saw your profile and i think we are a match. write me here, not on the site",
    ),
    (
        "HR Department",
        "payroll@secure-docs.example",
        "Updated salary list (password inside)",
        "Please find the updated list. Enable macros to see it in full.",
    ),
    (
        "Trophy & Awards Board",
        "jury@best-of-retail.example",
        "Nominated: Best Home Goods Shop 2026",
        "Congratulations! The winner’s package costs only 890 and includes a glass trophy and a web badge.",
    ),
];

/// People whose name does not help when one wants to say hello.
pub(super) const NAMELESS: [(&str, &str); 5] = [
    ("", "k.b.1974@mail.example"),
    ("office@fernhill-school.example", "office@fernhill-school.example"),
    ("", "shipping-desk@lindqvist-co.example"),
    ("bestellung@kanzlei-ahrens.example", "bestellung@kanzlei-ahrens.example"),
    ("", "team@harbour-cafe.example"),
];

/// An address that nobody reads.
pub(super) const NO_REPLY: (&str, &str) = ("Marketplace Orders", "no-reply@marketplace-orders.example");

/// A name that is longer than any row.
pub(super) const LONG_NAME: &str = "Maria-Magdalena Antonia Karoline von und zu Trauttmansdorff-Weinsberg-Oberstaufen (Einkauf & Beschaffung)";
