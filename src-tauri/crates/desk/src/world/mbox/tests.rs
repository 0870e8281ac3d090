//! A small archive by hand, and the real one where it is at hand.

use std::io::Write;
use std::path::PathBuf;

use super::*;

const ARCHIVE: &[u8] = b"From ada@example.org Mon May  4 10:00:00 2026
From: =?utf-8?q?Ada_Kr=C3=B6ger?= <Ada@example.org>
Date: Mon, 4 May 2026 12:00:00 +0200
Subject: [shop] Wrong amount
Message-ID: <one@example.org>
Content-Type: text/plain; charset=iso-8859-15
Content-Transfer-Encoding: 8bit

It says 84 \xa4 instead of 48.
>From my bank I know that it was taken.

From bert@example.org Mon May  4 11:00:00 2026
From: Bert <bert@example.org>
Date: Mon, 4 May 2026 13:00:00 +0200
Subject: Re: [shop] Wrong amount
Message-ID: <two@example.org>
In-Reply-To: <one@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

Corrected.
--a
Content-Type: text/html; charset=utf-8

<p>Corrected.</p>
--a--
--b
Content-Type: text/plain; name=bill.txt
Content-Disposition: attachment; filename=bill.txt
Content-Transfer-Encoding: base64

NDg=
--b--

From nobody Mon May  4 11:30:00 2026
no header at all

From carl@example.org Mon May  4 12:00:00 2026
From: Carl <carl@example.org>
Date: Mon, 4 May 2026 14:00:00 +0200
Message-ID: <three@example.org>
References: <lost@example.org>

No subject, and an answer to a mail that nobody has.

From ada@example.org Mon May  4 13:00:00 2026
From: Ada <ada@example.org>
Date: Mon, 4 May 2026 15:00:00 +0200
Subject: Re: Wrong amount
Message-ID: <four@example.org>
References: <one@example.org>
 <two@example.org>

Thank you.

From dora@example.org Mon May  4 14:00:00 2026
From: dora@example.org
Date: Mon, 4 May 2026 16:00:00 +0200
Message-ID: <five@example.org>
References: <lost@example.org>

Me neither.
";

#[test]
fn an_archive_becomes_conversations() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(ARCHIVE).unwrap();
    let (world, left_out) = from_mbox(file.path()).unwrap();
    assert_eq!(left_out, ["mail 3 is left out: it does not say from whom it is"]);

    let [first, second] = &world.conversations[..] else { panic!("{:?}", world.conversations) };
    assert_eq!((first.subject.as_str(), &first.tags[..]), ("[shop] Wrong amount", &["shop".to_owned()][..]));
    let told: Vec<_> = first.entries.iter().map(|entry| (entry.what, entry.text.as_str())).collect();
    assert_eq!(
        told,
        [
            (What::Customer, "It says 84 € instead of 48.\nFrom my bank I know that it was taken."),
            (What::Agent, "Corrected."),
            (What::Customer, "Thank you."),
        ]
    );
    assert_eq!(first.entries[0].author, "Ada Kröger");
    assert_eq!(first.entries[1].html.as_deref().map(str::trim), Some("<p>Corrected.</p>"));
    let [file] = &first.entries[1].files[..] else { panic!("{:?}", first.entries[1].files) };
    assert_eq!(
        (file.name.as_str(), file.mime.as_str(), &file.bytes[..]),
        ("bill.txt", "text/plain", &b"48"[..])
    );

    assert_eq!((second.subject.as_str(), second.entries.len()), ("", 2));
    assert_eq!(world.contacts[second.contact].email.as_deref(), Some("carl@example.org"));
    assert_eq!(second.agent.as_deref(), Some("dora@example.org"));
    let handles: Vec<_> = world.agents.iter().map(|agent| agent.handle.as_str()).collect();
    assert_eq!(handles, ["bert@example.org", "dora@example.org"]);
}

#[test]
fn an_archive_without_mail_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(from_mbox(file.path()), Err(DeskError::NoMail { .. })));
    assert!(matches!(from_mbox(Path::new("/nowhere/mail.mbox")), Err(DeskError::Mbox { .. })));
}

#[test]
fn real_mail_is_read_whole() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/list-mail.mbox");
    let path = std::env::var_os("MUSTER_TEST_MBOX").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if !path.exists() {
        eprintln!("SKIPPED real_mail_is_read_whole: no mail archive (MUSTER_TEST_MBOX)");
        return;
    }
    let (world, left_out) = from_mbox(&path).unwrap();
    let mails: usize = world.conversations.iter().map(|conversation| conversation.entries.len()).sum();
    let separators = std::fs::read(&path).unwrap();
    let separators =
        separators.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"From ")).count();
    eprintln!("{mails} mails in {} conversations; {left_out:?}", world.conversations.len());
    assert_eq!(mails + left_out.len(), separators);
    assert!(left_out.len() * 20 < separators, "{left_out:?}");
    assert!(world.conversations.len() > 1 && world.agents.len() > 1);
    // One mail of the archive really holds bytes that its character set does not have.
    let entries = world.conversations.iter().flat_map(|conversation| &conversation.entries);
    let broken: Vec<_> = entries.filter(|entry| entry.text.contains('\u{fffd}')).collect();
    assert!(broken.len() * 100 < mails, "{broken:?}");
}
