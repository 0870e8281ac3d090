//! What customers write about in English.

use super::{About, Topic};

pub(super) static TOPICS: &[Topic] = &[
    Topic {
        about: About::Incident,
        subjects: &[
            "Payment failed but my card was charged",
            "Charged twice for order {order}",
            "Checkout error, money gone?",
            "Order {order}: payment pending since this morning",
            "Two reservations of {amount} on my card",
            "“Payment could not be completed” – but it was",
            "No confirmation after paying for {order}",
        ],
        opens: &[
            "I paid {amount} for order {order}, the page showed an error, and the money is reserved on my card all the same.",
            "Your checkout told me that the payment failed, so I tried again. Now {amount} has been taken twice.",
            "I ordered the {product} and paid {amount}. My bank shows the payment, your site shows “pending”.",
            "The payment page froze after I confirmed in my banking app. Order {order} still says “awaiting payment”.",
        ],
        details: &[
            "Could you please check and release one of the two?",
            "Is my order confirmed or do I have to pay again?",
            "I would rather not try a third time before I hear from you.",
            "A screenshot of the statement is here if you need it.",
        ],
        answers: &[
            "our payments provider had an outage, and yours is one of the payments that it hit. We are checking each of them; please do not pay again.",
            "I am sorry for the trouble. We see one payment for order {order} and one reservation that lapses by itself within three working days.",
        ],
    },
    Topic {
        about: About::Refund,
        subjects: &[
            "Refund for order {order} still missing",
            "When do I get my {amount} back?",
            "Refund sent to a closed account",
            "Only half of the refund arrived",
        ],
        opens: &[
            "I returned the {product} {days} days ago and the refund of {amount} has not arrived.",
            "You confirmed the refund for order {order}, but my bank has not seen anything yet.",
            "The card I paid with has been cancelled since. Where does the refund of {amount} go?",
            "The refund for {order} is short by the delivery fee.",
        ],
        details: &[
            "The return was scanned at your warehouse, I have the receipt.",
            "Could you tell me the date on which it was sent?",
            "I am happy to give you another account number.",
            "Please look into it, it is not a small sum for me.",
        ],
        answers: &[
            "the refund of {amount} left us today. Banks take two to four working days from there.",
            "thank you for waiting. Your return was booked under another order; I have corrected that and released the refund.",
        ],
    },
    Topic {
        about: About::Refund,
        subjects: &[
            "Price dropped the day after I bought it",
            "Charged for an item that was out of stock",
            "Partial refund for a late order?",
        ],
        opens: &[
            "I bought the {product} on Sunday, and on Monday it was a fifth cheaper.",
            "Order {order} arrived without the {product}, but I paid for it.",
            "My order came {days} days late and I had to buy a present elsewhere.",
        ],
        details: &[
            "Would you refund the difference?",
            "The delivery note says “to follow”, nothing did.",
            "I would find a partial refund fair.",
        ],
        answers: &[
            "that is bad luck, and we do refund the difference within seven days. {amount} is on its way.",
            "you are right, the missing item should not have been charged. I have refunded {amount}.",
        ],
    },
    Topic {
        about: About::Returns,
        subjects: &[
            "Return of order {order}",
            "Wrong size, can I exchange the {product}?",
            "Return label for {order} does not print",
            "Sending back the {product}",
            "Returning a gift without a receipt",
        ],
        opens: &[
            "I would like to return the {product} from order {order}. It is unused and still in its box.",
            "The {product} is smaller than it looked in the pictures.",
            "The return label opens as an empty page, on two computers.",
            "The {product} is lovely, but it does not go with the rest of the room, so I would like to send it back.",
            "I was given the {product} as a present and would like to exchange it.",
        ],
        details: &[
            "Who pays for the postage?",
            "Can I hand it in at a shop?",
            "How long do I have?",
            "Would a different colour be possible?",
        ],
        answers: &[
            "of course. The label is attached; the post office prints it for you if you show the code.",
            "an exchange is no problem: send it back with this label and we post the other one the same day.",
        ],
    },
    Topic {
        about: About::Returns,
        subjects: &[
            "{product} arrived broken",
            "Damaged in transit – order {order}",
            "Scratches on the {product}",
        ],
        opens: &[
            "The {product} arrived today with a crack all the way through.",
            "The box of order {order} was open on one side and the {product} has a dent.",
            "There are three deep scratches on the {product}, straight out of the box.",
        ],
        details: &[
            "Photos are attached.",
            "I would like a replacement rather than a refund.",
            "It is meant as a wedding present for Saturday.",
        ],
        answers: &[
            "I am sorry, that is not how it should reach you. A replacement leaves us tomorrow; no need to send the broken one back.",
            "thank you for the photos. I have ordered a new one for you and told the carrier about the damage.",
        ],
    },
    Topic {
        about: About::Order,
        subjects: &[
            "Change delivery address for {order}",
            "Cancel order {order}, please",
            "Add an item to order {order}?",
            "Combine two orders",
        ],
        opens: &[
            "I just ordered the {product} and noticed that the old address was still filled in.",
            "Please cancel order {order}, I ordered twice by mistake.",
            "Is it still possible to add a second {product} to order {order}?",
            "I placed two orders within the hour. Could you send them in one parcel?",
        ],
        details: &[
            "It has not been sent yet, as far as I can see.",
            "I hope I am not too late.",
            "The confirmation came ten minutes ago.",
        ],
        answers: &[
            "done – you will get a new confirmation within the next few minutes.",
            "you were just in time: I have changed it before it went to the warehouse.",
        ],
    },
    Topic {
        about: About::Product,
        subjects: &[
            "Is the {product} back in stock soon?",
            "Care instructions for the {product}",
            "How heavy is the {product}?",
            "Where is the {product} made?",
            "Spare part for the {product}",
        ],
        opens: &[
            "I have been waiting for the {product} for weeks. Do you know when it comes back?",
            "How do I clean the {product}? The leaflet was missing.",
            "Before I order: how heavy is the {product}, and does it come assembled?",
            "I am curious where the {product} is made, and by whom.",
            "A screw of my {product} is lost. Do you sell spare ones?",
        ],
        details: &["Two of them, if possible.", "Thank you for your help.", "Your website does not say."],
        answers: &[
            "it returns at the beginning of next month. Shall I reserve one for you?",
            "lukewarm water and a soft cloth are all it needs; please no dishwasher.",
        ],
    },
    Topic {
        about: About::Invoice,
        subjects: &[
            "Invoice for order {order}",
            "VAT number missing on invoice {invoice}",
            "Invoice {invoice}: cannot be opened",
            "Reminder for a paid invoice",
        ],
        opens: &[
            "I need an invoice for order {order} made out to my company.",
            "Invoice {invoice} does not show our VAT number.",
            "Our accounts department cannot open the PDF of invoice {invoice}.",
            "We received a reminder for invoice {invoice}, which we paid {days} days ago.",
        ],
        details: &[
            "We close the books at the end of the week.",
            "The amount is {amount}.",
            "Could you send a corrected one?",
        ],
        answers: &[
            "the corrected invoice is attached. The old one is cancelled in our books.",
            "your payment crossed with our reminder. Please ignore it, and excuse the inconvenience.",
        ],
    },
    Topic {
        about: About::Discount,
        subjects: &["Discount code not accepted", "Gift card balance is wrong", "Voucher for order {order}"],
        opens: &[
            "The code from your newsletter says “expired”, although it is valid until the end of the month.",
            "My gift card should still hold {amount}, at the checkout it shows nothing.",
            "You promised me a voucher when order {order} was late, and I cannot find it.",
        ],
        details: &[
            "I would like to order today.",
            "The code works for my sister, strangely.",
            "Could you add it by hand?",
        ],
        answers: &[
            "the code was limited to the first thousand orders. I have made a personal one for you, it is in your account.",
            "I have set the balance right. Please sign out and in again to see it.",
        ],
    },
    Topic {
        about: About::Bug,
        subjects: &[
            "App closes when I open my basket",
            "Search does not find the {product}",
            "Checkout button does not react",
            "Wish list is empty after signing in",
        ],
        opens: &[
            "Since the last update the app closes as soon as I open my basket.",
            "The search on your site finds nothing, not even the {product} that I have open in another tab.",
            "I can fill in everything, but the button at the end does not do anything.",
            "My wish list with {n} things in it is gone.",
        ],
        details: &[
            "I have installed it anew twice.",
            "It is the same on my tablet.",
            "It worked last week.",
            "I use the latest version.",
        ],
        answers: &[
            "thank you for telling us. We can see it happen here and are working on it.",
            "that one is fixed in version 4.{n}, which is in the store since this morning. Could you update and try again?",
        ],
    },
    Topic {
        about: About::Bug,
        subjects: &[
            "Trade API: refunds of {order} come back with 409",
            "Webhook for order {order} arrives twice",
            "CSV export drops the last row",
        ],
        opens: &[
            "Our shop system calls your trade API, and since Tuesday partial refunds come back with 409.",
            "We get every webhook twice, a second apart, with different ids.",
            "The CSV export of our orders leaves out the last row whenever there are more than {n} of them.",
        ],
        details: &[
            "Request id {tracking}, if that helps you.",
            "We work around it by hand, but not for long.",
            "I can send you a recording.",
        ],
        answers: &[
            "I found your request in our logs and passed it on to the developers, with the id.",
            "we changed how repeated calls are answered on Tuesday. It is being rolled back for trade customers.",
        ],
    },
    Topic {
        about: About::Account,
        subjects: &[
            "Cannot sign in any more",
            "Change of e-mail address",
            "Please delete my account",
            "Two accounts, one person",
        ],
        opens: &[
            "I have asked for a new password {n} times and no e-mail arrives.",
            "My old address no longer exists. How do I get into my account?",
            "Please delete my account and everything you know about me.",
            "I seem to have two accounts. Could you merge them?",
        ],
        details: &[
            "I looked in the spam folder.",
            "My last order was {order}.",
            "Thank you for confirming it in writing.",
        ],
        answers: &[
            "your address was on a block list after a failed delivery. I have removed it; please try once more.",
            "I have started that for you. You will get a message to confirm it.",
        ],
    },
    Topic {
        about: About::Shipping,
        subjects: &[
            "Where is my parcel ({order})?",
            "Delivered – but not to me",
            "Parcel {tracking} held at customs",
            "Order {order}: half is missing",
            "Courier says the address does not exist",
        ],
        opens: &[
            "The tracking for order {order} has said “in transit” for {days} days.",
            "{carrier} claims to have delivered my parcel, but nobody here has it.",
            "My parcel {tracking} is held at customs and they ask for an invoice.",
            "Only one of two boxes of order {order} arrived.",
            "The courier turned back because he could not find the house. There is a sign at the gate.",
        ],
        details: &[
            "I was at home all day.",
            "Could you ask the carrier?",
            "It is a birthday present.",
            "I need it by Thursday.",
        ],
        answers: &[
            "I have asked {carrier} to look for it under {tracking}. They answer within one working day.",
            "the second box left a day later, with its own number: {tracking}. It should reach you tomorrow.",
        ],
    },
];
