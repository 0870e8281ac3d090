//! The read side: pull and resume, whatever the help desk or the line does.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::time::Duration;

use futures::StreamExt;
use muster_model::{Attachment, Conversation, RemoteId};

use super::{Call, FILE, Running, Server, World};
use crate::tiny_server::{Answer, answer, with_headers};
use crate::transport::Patience;
use crate::{Cursor, Delta, HelpDesk, Page, ReadError};

const JSON: &str = "application/json";
pub(super) const PAGE: &str = "<!doctype html><title>Bad gateway</title>";

/// Enough for a machine under load to answer, little enough for a test that waits for its end.
pub(super) const HASTY: Patience = Patience {
    connect: Duration::from_millis(500),
    read: Duration::from_millis(1_500),
    write: Duration::from_millis(1_500),
    silence: Duration::from_millis(1_500),
};

pub(super) fn bytes(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

pub(super) fn silence(text: &str) -> Answer {
    Answer::Silence(text.as_bytes().to_vec())
}

/// Every conversation of the suite.
fn all(server: impl Server, n: u32) -> BTreeSet<RemoteId> {
    (1..=n).map(|place| RemoteId::new(server.id(1000 + place))).collect()
}

fn upserts(page: &Page) -> impl Iterator<Item = &Conversation> {
    page.deltas.iter().filter_map(|delta| match delta {
        Delta::Upsert(conversation) | Delta::Sketch(conversation) => Some(&**conversation),
        Delta::Gone(_) => None,
    })
}

/// Pages from a place on, until nothing more is waiting.
async fn pages(desk: &dyn HelpDesk, mut since: Option<Cursor>) -> Vec<Page> {
    let mut pages = Vec::new();
    loop {
        let page = desk.changes(since.as_ref()).await.unwrap();
        since = Some(page.next.clone());
        let more = page.more;
        pages.push(page);
        assert!(pages.len() < 50, "the walk has no end");
        if !more {
            return pages;
        }
    }
}

/// From nothing comes everything, page by page; the walk is over with its last page and not before.
pub(crate) async fn walks_through_everything(server: impl Server) {
    let running = World::of(8).serve(server);
    let pages = pages(&*running.connect(HASTY), None).await;
    let ids: BTreeSet<RemoteId> = pages.iter().flat_map(upserts).map(|one| one.id.clone()).collect();
    assert_eq!(ids, all(server, 8));
    let last = pages.last().unwrap();
    assert!(!last.backfilling && !last.more);
    assert!(pages.len() > 1 && pages[0].backfilling, "three rows a page");
    assert!(pages.iter().flat_map(upserts).all(|one| one.status == muster_model::Status::Active));
}

/// A cursor is kept with the rows that it covers: another process goes on from it and misses nothing.
pub(crate) async fn goes_on_where_another_connection_stopped(server: impl Server) {
    let running = World::of(8).serve(server);
    let first = running.connect(HASTY).changes(None).await.unwrap();
    let rest = pages(&*running.connect(HASTY), Some(first.next.clone())).await;
    let ids: BTreeSet<RemoteId> =
        std::iter::once(&first).chain(&rest).flat_map(upserts).map(|one| one.id.clone()).collect();
    assert_eq!(ids, all(server, 8));

    let foreign = running.connect(HASTY).changes(Some(&Cursor("of another help desk".to_owned()))).await;
    assert!(matches!(foreign, Err(ReadError::NotFound { .. })), "begin anew is what this says: {foreign:?}");
}

/// After the walk only what changed comes, for the process that walked and for the next one, and then nothing.
pub(crate) async fn finds_what_changed_afterwards(server: impl Server) {
    let running = World::of(8).serve(server);
    let desk = running.connect(HASTY);
    let walked = pages(&*desk, None).await.pop().unwrap().next;
    running.change(|world| {
        let mut row = world.rows.remove(5);
        (row.at, row.seq) = ("2026-05-20T15:00:00Z".parse().unwrap(), 9);
        world.rows.insert(0, row);
    });
    for desk in [&desk, &running.connect(HASTY)] {
        let news = pages(&**desk, Some(walked.clone())).await;
        let changed = news.iter().flat_map(upserts).find(|one| one.id.as_str() == server.id(1003));
        let changed = changed.expect("what changed did not come");
        assert_eq!(changed.last_inbound, "2026-05-20T15:00:00Z".parse().ok());
        assert!(news.iter().all(|page| !page.backfilling));
        let next = news.last().unwrap().next.clone();
        let quiet = pages(&**desk, Some(next.clone())).await;
        assert!(quiet.iter().all(|page| page.deltas.is_empty()), "nothing happened: {quiet:?}");
        assert_eq!(quiet.last().unwrap().next, next, "and the place is the same");
    }
}

/// Pages overlap and are not in order: every conversation comes, and the walk ends.
pub(crate) async fn takes_rows_twice_and_out_of_order(server: impl Server) {
    let running = World { overlapping: true, ..World::of(8) }.serve(server);
    let pages = pages(&*running.connect(HASTY), None).await;
    let ids: BTreeSet<RemoteId> = pages.iter().flat_map(upserts).map(|one| one.id.clone()).collect();
    assert_eq!(ids, all(server, 8));
}

/// A newer help desk says words and fields that nobody here knows: the word is kept, the rest does not hurt.
pub(crate) async fn keeps_words_that_nobody_knows(server: impl Server) {
    let mut world = World::of(2);
    (world.rows[0].status, world.rows[0].strange) = (Some("ON_ICE"), true);
    let running = world.serve(server);
    let desk = running.connect(HASTY);
    let page = desk.changes(None).await.unwrap();
    let strange = upserts(&page).find(|one| one.id.as_str() == server.id(1002)).unwrap();
    assert_eq!(strange.status.as_str().to_uppercase(), "ON_ICE");
    let thread = desk.thread(&strange.id).await.unwrap();
    assert_eq!(thread.conversation.status, strange.status);
}

/// A thread says its id and what was written, oldest first; one that is not there is not found.
pub(crate) async fn reads_a_thread(server: impl Server) {
    let running = World::of(2).serve(server);
    let desk = running.connect(HASTY);
    let id = RemoteId::new(server.id(1001));
    let thread = desk.thread(&id).await.unwrap();
    assert_eq!(thread.conversation.id, id);
    assert!(!thread.messages.is_empty() && thread.messages.is_sorted_by_key(|message| message.at));
    let again = desk.thread(&id).await.unwrap();
    assert_eq!(again, thread, "read twice it is the same, its stamp included");
    let nobody = desk.thread(&RemoteId::new(server.id(4711))).await;
    assert!(matches!(nobody, Err(ReadError::NotFound { .. })), "{nobody:?}");
}

/// Reads a file to its end, or to what went wrong.
async fn read(desk: &dyn HelpDesk, id: &RemoteId, most: u64) -> Result<Vec<u8>, ReadError> {
    let mut stream = desk.attachment(id, most).await?;
    let mut all = Vec::new();
    while let Some(chunk) = stream.next().await {
        all.extend(chunk?);
    }
    Ok(all)
}

/// A file comes as it is and whole, or not at all; one that is too large is not read to its end.
pub(crate) async fn fetches_a_file_or_says_that_it_cannot(server: impl Server) {
    let running = World::of(2).serve(server);
    let desk = running.connect(HASTY);
    let most = FILE.len() as u64;
    if !desk.capabilities().attachments {
        let refused = read(&*desk, &RemoteId::from("7"), most).await;
        assert!(matches!(refused, Err(ReadError::NotPermitted { .. })), "{refused:?}");
        assert!(running.everything_asked().is_empty());
        return;
    }
    let thread = desk.thread(&RemoteId::new(server.id(1001))).await.unwrap();
    let mut files = thread.messages.iter().flat_map(|message| &message.attachments);
    let Attachment { id, name, size, .. } = files.next().expect("the thread shows its file").clone();
    assert_eq!((name.as_str(), size), ("photo.png", most));
    assert_eq!(read(&*desk, &id, most).await.unwrap(), FILE);
    assert_eq!(running.asked(Call::File).len(), 1);
    let too_large = read(&*desk, &id, most - 1).await;
    assert!(matches!(too_large, Err(ReadError::TooLarge { .. })), "{too_large:?}");

    let own = server.refusal();
    running.fail(Call::File, 1, move || answer("404 Not Found", JSON, own));
    let gone = read(&*desk, &id, most).await;
    assert!(matches!(gone, Err(ReadError::NotFound { .. })), "{gone:?}");
    for broken in ["HTTP/1.1 200 OK\r\ncontent-length: 700\r\n\r\nhalf", ""] {
        running.fail(Call::File, 1, move || bytes(broken));
        let cut = read(&*desk, &id, most).await.unwrap_err();
        assert!(cut.is_transient(), "half a file is none: {cut}");
    }
    running.fail(Call::File, 1, || silence("HTTP/1.1 200 OK\r\ncontent-length: 700\r\n\r\nhalf"));
    let silent = read(&*desk, &id, most).await;
    assert!(matches!(silent, Err(ReadError::Unreachable { .. })), "{silent:?}");
    assert_eq!(read(&*desk, &id, most).await.unwrap(), FILE, "and asked again it comes");
}

/// What a status means is the same for all.
pub(crate) async fn says_why_a_read_failed(server: impl Server) {
    let own = server.refusal();
    let refusal = move |status: &'static str| move || answer(status, JSON, own);
    let page = |status: &'static str| move || answer(status, "text/html", PAGE);
    type Made = Box<dyn Fn() -> Answer + Send>;
    let cases: Vec<(&str, Made, &str)> = vec![
        ("401", Box::new(refusal("401 Unauthorized")), "key"),
        ("403", Box::new(refusal("403 Forbidden")), "permission"),
        ("404", Box::new(refusal("404 Not Found")), "not found"),
        ("404 as a page", Box::new(page("404 Not Found")), "malformed"),
        ("409", Box::new(refusal("409 Conflict")), "not found"),
        ("410", Box::new(refusal("410 Gone")), "not found"),
        ("412", Box::new(refusal("412 Precondition Failed")), "malformed"),
        ("413", Box::new(refusal("413 Content Too Large")), "malformed"),
        ("429", Box::new(refusal("429 Too Many Requests")), "slow"),
        ("500", Box::new(refusal("500 Internal Server Error")), "fault"),
        ("502 as a page", Box::new(page("502 Bad Gateway")), "fault"),
        ("503", Box::new(page("503 Service Unavailable")), "fault"),
        ("a page", Box::new(page("200 OK")), "malformed"),
        ("other JSON", Box::new(|| answer("200 OK", JSON, r#""hello""#)), "malformed"),
        ("half", Box::new(|| bytes("HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{")), "malformed"),
        ("closed", Box::new(|| bytes("")), "unreachable"),
        ("silence", Box::new(|| silence("")), "unreachable"),
    ];
    for (name, made, expected) in cases {
        let running = World::of(2).serve(server);
        running.fail(Call::Thread, 9, made);
        let failed = running.connect(HASTY).thread(&RemoteId::new(server.id(1001))).await.unwrap_err();
        let said = match failed {
            ReadError::Unreachable { .. } => "unreachable",
            ReadError::KeyRefused { .. } => "key",
            ReadError::NotPermitted { .. } => "permission",
            ReadError::NotFound { .. } => "not found",
            ReadError::SlowDown { .. } => "slow",
            ReadError::ServerFault { .. } => "fault",
            ReadError::Malformed { .. } => "malformed",
            ReadError::TooLarge { .. } => "too large",
            ReadError::BadAddress(_) => "address",
        };
        assert_eq!(said, expected, "{name}: {failed}");
    }
}

/// The server's clock is years behind ours: its instants are read against its own `Date`.
pub(crate) async fn waits_by_the_servers_clock(server: impl Server) {
    let running = World::of(2).serve(server);
    let headers = "content-type: application/json\r\ndate: Tue, 14 Nov 2023 22:13:20 GMT\r\n\
                   retry-after: Tue, 14 Nov 2023 22:13:27 GMT\r\n";
    let own = server.refusal();
    running.fail(Call::Thread, 1, move || with_headers("429 Too Many Requests", headers, own));
    let desk = running.connect(HASTY);
    let ReadError::SlowDown { retry_after } = desk.thread(&RemoteId::new(server.id(1001))).await.unwrap_err()
    else {
        panic!("a 429 asks to slow down")
    };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
}

/// A page that failed costs nothing: asked again from the same place, it comes.
pub(crate) async fn goes_on_after_a_read_that_failed(server: impl Server) {
    let running = World::of(8).serve(server);
    let desk = running.connect(HASTY);
    let first = desk.changes(None).await.unwrap();
    running.fail(Call::Changes, 1, || bytes("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"data\":["));
    let failed = desk.changes(Some(&first.next)).await.unwrap_err();
    assert!(failed.is_transient(), "{failed}");
    let rest = pages(&*desk, Some(first.next.clone())).await;
    let ids: BTreeSet<RemoteId> =
        std::iter::once(&first).chain(&rest).flat_map(upserts).map(|one| one.id.clone()).collect();
    assert_eq!(ids, all(server, 8));
}

/// A redirect could lead the key to another host: it is told, and not followed.
pub(crate) async fn follows_no_redirect(server: impl Server) {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let target = format!("http://{}", other.local_addr().unwrap());
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let running = World::of(2).serve(server);
        let location = format!("location: {target}/x\r\n");
        running.fail(Call::Thread, 9, move || with_headers(status, &location, ""));
        let failed = running.connect(HASTY).thread(&RemoteId::new(server.id(1001))).await.unwrap_err();
        assert!(failed.to_string().contains(&format!("sends us on to {target}")), "{failed}");
    }
    assert_eq!(
        other.accept().unwrap_err().kind(),
        std::io::ErrorKind::WouldBlock,
        "the key went to another host"
    );
}

/// The key stands in a header of every request, and nowhere else.
pub(crate) async fn sends_the_key_in_a_header_only(server: impl Server) {
    let running: Running = World::of(2).serve(server);
    let desk = running.connect(HASTY);
    pages(&*desk, None).await;
    desk.thread(&RemoteId::new(server.id(1001))).await.unwrap();
    let asked = running.everything_asked();
    assert!(!asked.is_empty());
    for asked in asked {
        assert!(asked.head.contains("mk-secret\r\n") || asked.head.ends_with("mk-secret"), "{}", asked.head);
        assert!(!asked.target.contains("mk-secret") && !asked.body.contains("mk-secret"));
    }
}
