//! The record of a job – who, when, whom, what, and what became of each – written to a file that a spreadsheet or a
//! program reads. A file that exists is never overwritten.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use muster_engine::Account;
use muster_store::{JobFilter, JobRow};

use crate::downloads::{self, safe_name};
use crate::wire::{ExportRequest, Exported};
use crate::words::count;
use crate::{App, ErrorCode, UiError};

mod record;
mod table;

use record::{Record, record};

/// How a record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A row for each item.
    Csv,
    /// One document.
    Json,
}

/// A record on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where it lies.
    pub path: PathBuf,
    /// Items, or jobs.
    pub rows: usize,
}

impl Format {
    /// By the extension of a file: `.csv`, else JSON.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if is_csv { Self::Csv } else { Self::Json }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

impl App {
    /// Writes a job's record, or the list of jobs, into the user's folder for downloads.
    ///
    /// # Errors
    /// When there is no such job, the format is another one, or the file cannot be written.
    pub async fn export_job(&self, request: ExportRequest) -> Result<Exported, UiError> {
        let account = self.account_of(&request.account).await?;
        let format = match request.format.as_str() {
            "csv" => Format::Csv,
            "json" => Format::Json,
            other => {
                return Err(UiError::new(
                    ErrorCode::BadInput,
                    format!("\"{other}\" is not a format. Use csv or json."),
                ));
            }
        };
        let folder = downloads::folder(&self.inner.data_dir);
        let written = match &request.job {
            Some(id) => {
                let row = self.job_row(&account, id).await?;
                let today = row.created.to_zoned(account.clock().zone()).date();
                let stem = safe_name(&format!("{today} {}", row.name));
                self.write_record(&account, row, format, Place::Folder(folder, stem)).await?
            }
            None => {
                let filter = match &request.list {
                    Some(list) => JobFilter { limit: None, before: None, ..super::filter(list)? },
                    None => JobFilter::default(),
                };
                let today = account.clock().now().to_zoned(account.clock().zone()).date();
                let stem = safe_name(&format!("{today} Jobs of {}", account.row().name));
                self.write_list(&account, filter, format, Place::Folder(folder, stem)).await?
            }
        };
        Ok(Exported { path: written.path.display().to_string(), rows: count(written.rows) })
    }

    /// Writes a job's record to exactly this file.
    ///
    /// # Errors
    /// When there is no such job, or the file exists or cannot be written.
    pub async fn export_to(&self, account: &Account, job: &str, path: &Path) -> Result<Written, UiError> {
        let row = self.job_row(account, job).await?;
        self.write_record(account, row, Format::of(path), Place::File(path.to_owned())).await
    }

    async fn write_record(
        &self,
        account: &Account,
        row: JobRow,
        format: Format,
        place: Place,
    ) -> Result<Written, UiError> {
        let (stores, id, limit) = (account.stores().clone(), row.id, row.total);
        let (items, audience, headers) = self
            .blocking(move || {
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                let (items, _) = stores.journal.items_page(id, &[], 0, limit)?;
                let audience = stores.journal.job_audience(id)?;
                let ids: Vec<_> = items.iter().map(|item| item.id.clone()).collect();
                Ok((items, audience, stores.cache.conversations(&ids)?))
            })
            .await?;
        let who = super::person(account, &row.me).name;
        let record = record(&row, who, &items, &audience, &headers);
        write(
            format,
            place,
            move |out| match format {
                Format::Csv => table::items(&record, out),
                Format::Json => json(&record, out),
            },
            row.total,
        )
        .await
    }

    async fn write_list(
        &self,
        account: &Account,
        filter: JobFilter,
        format: Format,
        place: Place,
    ) -> Result<Written, UiError> {
        let journal = account.stores().journal.clone();
        let jobs = self.blocking(move || journal.jobs(&filter)).await?;
        let records: Vec<Record> =
            jobs.iter().map(|job| record(job, super::person(account, &job.me).name, &[], &[], &[])).collect();
        let n = records.len() as u64;
        write(
            format,
            place,
            move |out| match format {
                Format::Csv => table::jobs(&records, out),
                Format::Json => json(&serde_json::json!({ "jobs": records }), out),
            },
            n,
        )
        .await
    }
}

/// Where a record goes.
enum Place {
    /// Exactly there.
    File(PathBuf),
    /// Under a free name in a folder.
    Folder(PathBuf, String),
}

impl Place {
    /// Opens a file that was not there before.
    fn create(&self, format: Format) -> std::io::Result<(PathBuf, File)> {
        match self {
            Self::File(path) => downloads::create_new(path.clone()),
            Self::Folder(folder, stem) => downloads::create(folder, stem, format.extension()),
        }
    }
}

async fn write(
    format: Format,
    place: Place,
    content: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send + 'static,
    rows: u64,
) -> Result<Written, UiError> {
    let wanted = match &place {
        Place::File(path) => path.clone(),
        Place::Folder(folder, _) => folder.clone(),
    };
    let written = tokio::task::spawn_blocking(move || {
        let (path, file) = place.create(format)?;
        let mut out = BufWriter::new(file);
        content(&mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok::<_, std::io::Error>(path)
    })
    .await;
    match written {
        Ok(Ok(path)) => Ok(Written { path, rows: usize::try_from(rows).unwrap_or(usize::MAX) }),
        Ok(Err(err)) if err.kind() == ErrorKind::AlreadyExists => Err(UiError::new(
            ErrorCode::BadInput,
            format!("{} exists already, and nothing is overwritten. Name another file.", wanted.display()),
        )),
        Ok(Err(err)) => Err(UiError::new(
            if err.kind() == ErrorKind::StorageFull { ErrorCode::DiskFull } else { ErrorCode::BadInput },
            format!("{} cannot be written: {err}.", wanted.display()),
        )),
        Err(err) => Err(UiError::new(ErrorCode::Internal, format!("Writing the record broke off: {err}."))),
    }
}

fn json<T: serde::Serialize + ?Sized>(value: &T, out: &mut dyn Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests;
