//! The record as a table: a row for each item, with what is true of the whole job repeated, so that any part of the
//! file stands alone.

use std::io::{Error, Write};

use super::record::{Record, RecordItem};

const ITEM_COLUMNS: [&str; 25] = [
    "job",
    "name",
    "type",
    "by",
    "confirmed",
    "filter",
    "resolved",
    "text",
    "no",
    "conversation",
    "client_ref",
    "customer",
    "subject",
    "channel",
    "verdict",
    "takes_part",
    "outcome",
    "reason_code",
    "reason",
    "message",
    "before_after",
    "receipt",
    "attempts",
    "started",
    "finished",
];

const JOB_COLUMNS: [&str; 20] = [
    "job",
    "name",
    "type",
    "does",
    "by",
    "confirmed",
    "due",
    "finished",
    "state",
    "paused",
    "filter",
    "text",
    "total",
    "applied",
    "rejected",
    "skipped",
    "unknown",
    "held",
    "waiting",
    "result",
];

/// A row for each item of a job.
pub(super) fn items(record: &Record, out: &mut dyn Write) -> Result<(), Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(ITEM_COLUMNS)?;
    let resolved = record.resolved.as_ref().map(serde_json::to_string).transpose()?;
    for item in &record.items {
        table.write_record(item_row(record, resolved.as_deref(), item).map(|cell| safe(&cell)))?;
    }
    table.flush()
}

/// A row for each job.
pub(super) fn jobs(records: &[Record], out: &mut dyn Write) -> Result<(), Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(JOB_COLUMNS)?;
    for job in records {
        let counts = &job.counts;
        let row = [
            job.job.clone(),
            job.name.clone(),
            job.r#type.clone(),
            job.does.join("; "),
            job.by.clone(),
            job.confirmed.clone(),
            job.due.clone(),
            job.finished.clone().unwrap_or_default(),
            job.state.clone(),
            job.paused.clone().unwrap_or_default(),
            job.filter.clone().unwrap_or_default(),
            job.text.clone().unwrap_or_default(),
            job.total.to_string(),
            counts.applied.to_string(),
            counts.rejected.to_string(),
            counts.skipped.to_string(),
            counts.unknown.to_string(),
            counts.held.to_string(),
            counts.open().to_string(),
            job.result.clone(),
        ];
        table.write_record(row.map(|cell| safe(&cell)))?;
    }
    table.flush()
}

fn item_row(job: &Record, resolved: Option<&str>, item: &RecordItem) -> [String; 25] {
    let code = item.reason.as_ref().map(|reason| reason.code.clone());
    let reason = item.reason.as_ref().map(|reason| reason.message.clone());
    let receipts: Vec<&str> =
        item.effects.iter().filter_map(|effect| effect.receipt.as_ref()?.id.as_deref()).collect();
    let attempts = item.effects.iter().map(|effect| effect.attempts).max().unwrap_or(0);
    let started = item.effects.iter().filter_map(|effect| effect.started.clone()).min();
    let finished = item.effects.iter().filter_map(|effect| effect.finished.clone()).max();
    [
        job.job.clone(),
        job.name.clone(),
        job.r#type.clone(),
        job.by.clone(),
        job.confirmed.clone(),
        job.filter.clone().unwrap_or_default(),
        resolved.unwrap_or_default().to_owned(),
        job.text.clone().unwrap_or_default(),
        item.no.to_string(),
        item.id.clone(),
        item.client_ref.clone(),
        item.customer.clone().unwrap_or_default(),
        item.subject.clone().unwrap_or_default(),
        item.channel.clone(),
        item.verdict.clone(),
        item.takes_part.to_string(),
        item.outcome.to_string(),
        code.unwrap_or_default(),
        reason.unwrap_or_default(),
        item.message.clone().unwrap_or_default(),
        item.before_after.join("; "),
        receipts.join("; "),
        attempts.to_string(),
        started.unwrap_or_default(),
        finished.unwrap_or_default(),
    ]
}

/// A cell that no spreadsheet takes for a formula: what a customer wrote must not run on an agent's machine.
fn safe(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::safe;

    #[rstest]
    #[case("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")")]
    #[case("+ refund", "'+ refund")]
    #[case("-1", "'-1")]
    #[case("@SUM(A1)", "'@SUM(A1)")]
    #[case("Hello = you", "Hello = you")]
    #[case("", "")]
    fn a_cell_is_never_a_formula(#[case] cell: &str, #[case] expected: &str) {
        assert_eq!(safe(cell), expected);
    }
}
