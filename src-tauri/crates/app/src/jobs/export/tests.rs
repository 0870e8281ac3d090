//! Records, down to the letter.

use jiff::Timestamp;
use muster_model::{
    Action, AudienceItem, Change, Channel, Counts, Effect, EffectState, Handle, JobId, JobState, Reason,
    Receipt, RemoteId, Sending, StatusChange,
};
use muster_store::{EffectRow, ItemRow, JobRow};
use rstest::rstest;
use serde_json::json;
use uuid::Uuid;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn job() -> JobRow {
    let then = Change { status: Some(StatusChange::Done), ..Change::default() };
    let text = "=Hello {{customer_first_name}},\nsorry".to_owned();
    JobRow {
        seq: 1,
        id: JobId(Uuid::nil()),
        name: "Outage, \"all\" of it".into(),
        action: Some(Action::Reply { text, mass: true, then, files: Vec::new(), approved: None }),
        kind: "reply".into(),
        state: JobState::CompletedWithErrors,
        pause: None,
        created: at(100),
        due: at(130),
        finished: Some(at(200)),
        me: Handle::from("mira@desk.example"),
        filter: Some("is:active tag:outage".into()),
        resolved: None,
        total: 2,
        counts: Counts { applied: 1, skipped: 1, ..Counts::default() },
        reasons: Vec::new(),
        sending: Sending::default(),
        opened: 1,
        released: None,
        canary_passed: false,
        go_at: at(100),
        origin: None,
        begun: 0,
        sent_only: Vec::new(),
    }
}

fn member(id: &str, takes_part: bool) -> AudienceItem {
    AudienceItem {
        id: RemoteId::from(id),
        stamp: 1,
        last_inbound: None,
        last_outbound: None,
        values: vec!["Noëlle".into()],
        verdict: if takes_part { "will_send".into() } else { "voice".into() },
        takes_part,
        channel: if takes_part { Channel::Email } else { Channel::Voice },
        with_files: false,
        approved: false,
        own: None,
    }
}

fn items() -> Vec<ItemRow> {
    let row =
        |ordinal: u32, effect: Effect, before: Option<serde_json::Value>, receipt: Option<&str>| EffectRow {
            row: i64::from(ordinal),
            ordinal,
            effect,
            state: EffectState::Applied,
            before,
            after: None,
            attempts: 2 - ordinal,
            receipt: receipt.map(|id| Receipt { id: Some(id.to_owned()), stamp: None, at: Some(at(150)) }),
            reason: None,
            started: Some(at(140)),
            finished: Some(at(150 + i64::from(ordinal))),
        };
    vec![
        ItemRow {
            no: 0,
            id: RemoteId::from("7"),
            state: EffectState::Applied,
            reason: None,
            effects: vec![
                row(0, Effect::Reply, None, Some("m-1")),
                row(1, Effect::Status(StatusChange::Done), Some(json!({"status": "active"})), None),
            ],
        },
        ItemRow {
            no: 1,
            id: RemoteId::from("8"),
            state: EffectState::Skipped,
            reason: Some(Reason::new("voice", "voice")),
            effects: Vec::new(),
        },
    ]
}

fn sample() -> Record {
    record(&job(), "Mira Okafor".into(), &items(), &[member("7", true), member("8", false)], &[])
}

#[test]
fn a_table_of_items() {
    let mut out = Vec::new();
    table::items(&sample(), &mut out).expect("written");
    let expected = "\
job,name,type,by,confirmed,filter,resolved,text,no,conversation,client_ref,customer,subject,channel,verdict,takes_part,outcome,\
reason_code,reason,message,before_after,receipt,attempts,started,finished
00000000-0000-0000-0000-000000000000,\"Outage, \"\"all\"\" of it\",reply,Mira Okafor,1970-01-01T00:01:40Z,is:active tag:outage,,\
\"'=Hello {{customer_first_name}},
sorry\",0,7,REF0,,,email,will_send,true,applied,,,\"'=Hello Noëlle,
sorry\",Active → Done,m-1,2,1970-01-01T00:02:20Z,1970-01-01T00:02:31Z
00000000-0000-0000-0000-000000000000,\"Outage, \"\"all\"\" of it\",reply,Mira Okafor,1970-01-01T00:01:40Z,is:active tag:outage,,\
\"'=Hello {{customer_first_name}},
sorry\",1,8,REF1,,,voice,voice,false,skipped,voice,voice,,,,0,,
";
    let client_ref = |no| muster_model::ClientRef::new(JobId(Uuid::nil()), no).to_string();
    let expected = expected.replace("REF0", &client_ref(0)).replace("REF1", &client_ref(1));
    assert_eq!(String::from_utf8(out).expect("text"), expected);
}

#[test]
fn a_document_holds_what_a_table_cannot() {
    let mut out = Vec::new();
    json(&sample(), &mut out).expect("written");
    let document: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
    assert_eq!(document["by_handle"], "mira@desk.example");
    assert_eq!(document["does"], json!(["Status → Done"]));
    assert_eq!(document["items"][0]["effects"][0]["receipt"]["id"], "m-1");
    assert_eq!(document["items"][0]["effects"][1]["before"], json!({"status": "active"}));
    assert_eq!(document["items"][0]["effects"][1]["after"]["status"], "done");
    assert_eq!(document["items"][1]["reason"]["code"], "voice");
}

#[test]
fn a_table_of_jobs() {
    let mut out = Vec::new();
    let list = [record(&job(), "Mira Okafor".into(), &[], &[], &[])];
    table::jobs(&list, &mut out).expect("written");
    let text = String::from_utf8(out).expect("text");
    assert!(text.ends_with(",2,1,0,1,0,0,0,\"1 sent, 1 skipped\"\n"), "{text}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = || Place::Folder(folder.path().to_owned(), "Outage".to_owned());
    let names: Vec<String> = (0..3)
        .map(|_| {
            place()
                .create(Format::Csv)
                .expect("a free name")
                .0
                .file_name()
                .expect("a name")
                .display()
                .to_string()
        })
        .collect();
    assert_eq!(names, ["Outage.csv", "Outage (2).csv", "Outage (3).csv"]);
    let taken = Place::File(folder.path().join("Outage.csv")).create(Format::Csv);
    assert_eq!(taken.expect_err("exists").kind(), ErrorKind::AlreadyExists);
}

#[rstest]
#[case("2026-05-22 Outage", "2026-05-22 Outage")]
#[case("../../etc/passwd", "etc passwd")]
#[case("a\nb:c*?", "a b c")]
#[case(".hidden.", "hidden")]
fn a_name_is_one_file_name(#[case] name: &str, #[case] expected: &str) {
    assert_eq!(safe_name(name), expected);
}

#[rstest]
#[case("a.csv", Format::Csv)]
#[case("a.CSV", Format::Csv)]
#[case("a.json", Format::Json)]
#[case("a", Format::Json)]
fn the_extension_says_the_format(#[case] path: &str, #[case] expected: Format) {
    assert_eq!(Format::of(Path::new(path)), expected);
}
