//! The prepared texts of Brindlewick Goods: what its agents write every day, with merge tags.

use super::NewSnippet;

/// Shortcut, title, text.
const SNIPPETS: [(&str, &str, &str); 12] = [
    (
        "refund-timing",
        "Refund: how long it takes",
        "Hello {{customer_first_name|there}},\n\nyour refund left us today. It shows on your account within two \
         working days; some banks take up to five.\n\n{{agent_first_name}}, {{tenant_name}}",
    ),
    (
        "refund-partial",
        "Partial refund",
        "Hello {{customer_first_name|there}},\n\nyou keep the item and we give back part of the price, as agreed. The \
         amount goes to the card that you paid with (order \
         {{conversation.custom_fields.order|as above}}).\n\n{{agent_first_name}}",
    ),
    (
        "refund-declined",
        "Refund declined, reason",
        "Hello {{customer_first_name|there}},\n\nI looked at this with care. The item came back worn and outside the \
         30 days, so I cannot refund it. What I can offer is a repair at half price – would that help \
         you?\n\n{{agent_name}}",
    ),
    (
        "remboursement",
        "Refund: how long it takes (French)",
        "Bonjour {{customer_first_name|à vous}},\n\nvotre remboursement part aujourd’hui. Il apparaît sur votre compte sous \
         deux jours ouvrés.\n\n{{agent_first_name}}, {{tenant_name}}",
    ),
    (
        "return-label",
        "Return label and how to send it back",
        "Hello {{customer_first_name|there}},\n\nthe return label is on its way to {{customer_email|you}}. Print it, \
         stick it over the old one and hand the parcel in at any post office within 14 days.\n\n{{agent_first_name}}",
    ),
    (
        "where-is-it",
        "Parcel: on its way",
        "Hello {{customer_first_name|there}},\n\nyour parcel left our warehouse and the carrier scanned it this \
         morning. It should be with you in one to two working days.\n\n{{agent_first_name}}",
    ),
    (
        "lost-parcel",
        "Parcel: carrier claim opened",
        "Hello {{customer_first_name|there}},\n\nthe carrier cannot find your parcel, and I am sorry about that. I \
         opened a claim and a replacement leaves us today, at no cost to you.\n\nYour case: {{case_number|this conversation}}.\n\n\
         {{agent_name}}",
    ),
    (
        "invoice-copy",
        "Copy of an invoice",
        "Hello {{customer_first_name|there}},\n\nthe copy of your invoice is attached. It carries the same number and \
         date as the first one.\n\n{{agent_first_name}}, {{tenant_name}}",
    ),
    (
        "payment-incident",
        "Payment incident: what we know",
        "Hello {{customer_first_name|there}},\n\non 20 May some payments were taken twice. The second one is released \
         by your bank by itself; you do not have to do anything. If it is still there after three working days, answer \
         this message and I look after it.\n\n{{agent_name}}, {{tenant_name}}",
    ),
    (
        "need-photo",
        "Damage: please send a photo",
        "Hello {{customer_first_name|there}},\n\nI am sorry that it arrived like this. Could you send one photo of the \
         damage and one of the label on the box? Then I can send the replacement at once.\n\n{{agent_first_name}}",
    ),
    (
        "password-reset",
        "Account: reset the password",
        "Hello {{customer_first_name|there}},\n\nplease choose “Forgot password” on the sign-in page and enter \
         {{customer_email|the address of your account}}. The link in the mail works for one hour.\n\n\
         {{agent_first_name}}",
    ),
    (
        "closing",
        "Anything else?",
        "Glad that it works again, {{customer_first_name|and thank you}}. I close this for now – just answer if \
         anything is left.\n\n{{agent_first_name}}",
    ),
];

pub(super) fn snippets() -> Vec<NewSnippet> {
    SNIPPETS
        .iter()
        .map(|(shortcut, title, text)| NewSnippet {
            shortcut: (*shortcut).to_owned(),
            title: (*title).to_owned(),
            text: (*text).to_owned(),
        })
        .collect()
}
