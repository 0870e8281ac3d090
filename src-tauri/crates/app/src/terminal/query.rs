//! `musterctl query`: lists, counts and the sidebar, one after the other, each timed inside the process. What is timed is
//! what the window waits for: reading the line, the moment, the overlay, and the cache's answer.

use std::time::{Duration, Instant};

use muster_engine::Account;
use muster_model::Match;
use muster_store::PageRequest;

use crate::inbox::resolve;
use crate::views::meaning;
use crate::{App, ErrorCode, UiError};

/// Rows of a list: a tall window's first page.
const ROWS: usize = 50;

/// One query, as it stands on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked<'a> {
    List(&'a str),
    Count(&'a str),
    Views,
}

impl App {
    /// Answers one line: rows or how many, and how long that took.
    ///
    /// # Errors
    /// When the line is no query, its filter makes no sense, or the cache cannot be read.
    pub async fn query(&self, account: &Account, line: &str) -> Result<(u64, Duration), UiError> {
        let started = Instant::now();
        let asked = read(line)?;
        let cache = account.stores().cache.clone();
        let n = match asked {
            Asked::List(filter) => {
                let (resolved, overlay) = (resolve(account, filter)?, account.overlay().await?);
                let page = PageRequest { after: None, limit: ROWS };
                self.blocking(move || Ok(cache.list(&resolved, &overlay, &page)?.rows.len() as u64)).await?
            }
            Asked::Count(filter) => {
                let (resolved, overlay) = (resolve(account, filter)?, account.overlay().await?);
                self.blocking(move || cache.count(&resolved.filter, &overlay)).await?
            }
            Asked::Views => {
                let (matches, overlay) = (self.sidebar_filters(account)?, account.overlay().await?);
                self.blocking(move || Ok(cache.counts(&matches, &overlay)?.len() as u64)).await?
            }
        };
        Ok((n, started.elapsed()))
    }

    /// What the sidebar counts.
    fn sidebar_filters(&self, account: &Account) -> Result<Vec<Match>, UiError> {
        Ok(self.all_views(account)?.iter().filter_map(|view| meaning(account, view).ok()).collect())
    }
}

fn read(line: &str) -> Result<Asked<'_>, UiError> {
    let line = line.trim();
    let (word, filter) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match word {
        "list" => Ok(Asked::List(filter)),
        "count" => Ok(Asked::Count(filter)),
        "views" if filter.trim().is_empty() => Ok(Asked::Views),
        _ => Err(UiError::new(
            ErrorCode::BadInput,
            format!("\"{line}\" is no query. Write list FILTER, count FILTER or views."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        assert_eq!(read("list  is:active tag:a").unwrap(), Asked::List(" is:active tag:a"));
        assert_eq!(read("count\n").unwrap(), Asked::Count(""));
        assert_eq!(read(" views ").unwrap(), Asked::Views);
        assert_eq!(
            read("lst is:active").unwrap_err().message,
            "\"lst is:active\" is no query. Write list FILTER, count FILTER or views."
        );
        assert!(read("views 25").is_err());
    }
}
