//! Opening an account for a command, and saying so where the copy of its help desk was damaged.

use muster_app::{Account, App, UiError};

/// Opens an account by name.
#[expect(clippy::print_stderr, reason = "standard output is the command's own answer")]
pub async fn open(app: &App, name: &str) -> Result<Account, UiError> {
    let account = app.open_named(name).await?;
    if account.is_renewed() {
        let name = &account.row().name;
        eprintln!(
            "musterctl: The copy of {name} on this computer was damaged and is empty now; musterctl sync {name} fetches \
             everything again. Jobs and drafts are in another file and were not touched."
        );
    }
    Ok(account)
}
