//! What the help desk of the suite holds, and what a connector has to say about its own.

use jiff::Timestamp;

use super::server::{Asked, Running};
use crate::HelpDesk;
use crate::tiny_server::Answer;
use crate::transport::Patience;

/// Which of our calls a request belongs to; of several requests of one call the one that decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Changes,
    Thread,
    Apply,
    Reply,
    Find,
    Note,
    File,
    /// Everything beside: names, people, uploads.
    Other,
}

/// A file that hangs on the customer's last message in every conversation, where the help desk hands files out: bytes that
/// are no text.
pub(crate) const FILE: [u8; 700] = {
    let mut bytes = [0xff; 700];
    bytes[1] = 0;
    bytes[2] = b'\n';
    bytes[699] = 0x80;
    bytes
};

/// A conversation of the suite.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: u32,
    /// Of the customer's last message.
    pub(crate) at: Timestamp,
    /// Counts up with every change, where the help desk counts.
    pub(crate) seq: u32,
    /// In the help desk's own word; none: whatever it calls what is open.
    pub(crate) status: Option<&'static str>,
    /// Says more than any connector knows.
    pub(crate) strange: bool,
}

/// What the help desk holds.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// Newest first.
    pub(crate) rows: Vec<Row>,
    /// Rows in one page.
    pub(crate) page: usize,
    /// Each page begins with the last row of the one before.
    pub(crate) overlapping: bool,
    /// Of a change it mentions only the first conversation.
    pub(crate) half: bool,
    /// Replies that arrived: conversation, text as sent, reference.
    pub(crate) replies: Vec<(u32, String, String)>,
    /// Notes likewise.
    pub(crate) notes: Vec<(u32, String, String)>,
}

/// A help desk, as its connector expects it.
pub(crate) trait Server: Copy + Send + Sync + 'static {
    /// The connector, signed in with the key `mk-secret`.
    fn connect(self, url: &str, patience: Patience) -> Box<dyn HelpDesk>;

    /// Which call a request belongs to.
    fn call(self, asked: &Asked) -> Call;

    /// What a healthy help desk answers; it writes down the replies that it takes.
    fn answer(self, asked: &Asked, world: &mut World) -> Answer;

    /// The body of a refusal, in its own words: "Not like that."
    fn refusal(self) -> &'static str;

    /// Our id of a conversation of the suite.
    fn id(self, number: u32) -> String;
}

impl World {
    /// `n` conversations, a minute apart.
    pub(crate) fn of(n: u32) -> Self {
        let newest: Timestamp = "2026-05-20T14:30:00Z".parse().unwrap();
        let row = |place: u32| Row {
            id: 1000 + n - place,
            at: newest - jiff::SignedDuration::from_mins(place.into()),
            seq: n - place,
            status: None,
            strange: false,
        };
        Self {
            rows: (0..n).map(row).collect(),
            page: 3,
            overlapping: false,
            half: false,
            replies: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The rows of a page that begins at `from`, and where the next one does.
    pub(crate) fn page(&self, from: usize) -> (Vec<Row>, Option<usize>) {
        let until = (from + self.page).min(self.rows.len());
        let begin = if self.overlapping { from.saturating_sub(1) } else { from };
        let mut rows = self.rows[begin.min(until)..until].to_vec();
        if self.overlapping {
            rows.reverse();
        }
        (rows, (until < self.rows.len()).then_some(until))
    }

    pub(crate) fn row(&self, id: u32) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// Serves it.
    pub(crate) fn serve(self, server: impl Server) -> Running {
        Running::start(server, self)
    }
}
