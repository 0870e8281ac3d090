//! The kit: what every connector has to hold to, as one suite over [`crate::HelpDesk`].
//!
//! A connector gives a [`Server`]: how its help desk would answer, in a few lines of its own JSON, and which request is
//! which. The suite runs it on loopback, breaks it in every way that help desks break, and looks at what the connector
//! makes of it. `contract!` writes the tests. See `ADDING.md`.

mod reads;
mod server;
mod world;
mod writes;

pub(crate) use reads::*;
pub(crate) use server::{Asked, Running};
pub(crate) use world::{Call, FILE, Row, Server, World};
pub(crate) use writes::*;

/// The whole suite for one connector.
macro_rules! contract {
    ($server:expr) => {
        $crate::kit::contract!($server =>
            walks_through_everything, goes_on_where_another_connection_stopped, finds_what_changed_afterwards,
            takes_rows_twice_and_out_of_order, keeps_words_that_nobody_knows, reads_a_thread, fetches_a_file_or_says_that_it_cannot, says_why_a_read_failed,
            waits_by_the_servers_clock, goes_on_after_a_read_that_failed, follows_no_redirect, sends_the_key_in_a_header_only,
            applies_in_the_order_asked, leaves_unknown_what_the_answer_does_not_say, says_not_sent_only_where_nothing_was,
            believes_half_an_answer_half, cannot_reach_nobody, refuses_what_it_cannot_do_without_asking,
            replies_with_its_reference, finds_a_reply_whose_answer_was_lost, never_sends_a_reply_twice_by_itself,
            writes_notes_or_says_that_it_cannot, finds_a_note_whose_answer_was_lost, never_writes_a_note_twice_by_itself,
        );
    };
    ($server:expr => $($name:ident),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                $crate::kit::$name($server).await;
            }
        )+
    };
}
pub(crate) use contract;
