//! `musterctl account`: sign in, list, forget, check.

use std::io::Read;
use std::process::ExitCode;

use muster_app::wire::{AddAccount, CheckAccount, Nothing};
use muster_app::{App, ErrorCode, UiError};
use serde_json::json;

use crate::args::AccountCommand;
use crate::print::Out;

pub async fn run(
    app: &App,
    command: AccountCommand,
    key_env: Option<&str>,
    out: Out,
) -> Result<ExitCode, UiError> {
    match command {
        AccountCommand::Add { name, kind, url, user, key_stdin } => {
            let key = read_key(key_stdin, key_env)?;
            let account = app.add_account(AddAccount { name, kind, url, user, key }).await?;
            out.print(&account, |account| format!("Added {} ({}).", account.name, account.url))?;
        }
        AccountCommand::Ls => {
            let accounts = app.accounts(Nothing {}).await?;
            out.print(&json!({ "accounts": accounts }), |_| {
                accounts
                    .iter()
                    .map(|a| format!("{}\t{}\t{}", a.name, a.kind, a.url))
                    .collect::<Vec<_>>()
                    .join("\n")
            })?;
        }
        AccountCommand::Rm { name } => {
            app.remove_named(&name).await?;
            out.print(&json!({ "removed": name }), |_| format!("Removed {name}: keys, data and entry."))?;
        }
        AccountCommand::Check { name } => return check(app, name, out).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Checks one account, or all; 1 if any of them fails.
async fn check(app: &App, name: Option<String>, out: Out) -> Result<ExitCode, UiError> {
    let accounts: Vec<_> = app
        .accounts(Nothing {})
        .await?
        .into_iter()
        .filter(|account| name.as_ref().is_none_or(|name| account.name.eq_ignore_ascii_case(name)))
        .collect();
    if let (Some(name), true) = (&name, accounts.is_empty()) {
        // Says which names there are.
        app.open_named(name).await?;
    }
    let mut code = ExitCode::SUCCESS;
    for account in accounts {
        if account.kind == muster_app::FILE_KIND {
            out.print(&json!({ "account": account.name, "file": account.url }), |_| {
                format!("{}: imported from {}, read-only.", account.name, account.url)
            })?;
            continue;
        }
        let checked = match app.api_key_of(&account.id).await {
            Ok(key) => {
                let request =
                    CheckAccount { kind: account.kind, url: account.url, user: account.user, key: Some(key) };
                app.check_account(request).await
            }
            Err(err) => Err(err),
        };
        match checked {
            Ok(check) => out.print(&json!({ "account": account.name, "check": check }), |_| {
                let whose = check.me.as_ref().map_or_else(String::new, |me| {
                    format!(
                        " Belongs to {}, role {}, {}.",
                        me.name,
                        me.role,
                        if me.may_reply { "may reply" } else { "may not reply" }
                    )
                });
                format!("{}: {}.{whose}", account.name, check.reached)
            })?,
            Err(err) => {
                code = ExitCode::from(1);
                out.print(&json!({ "account": account.name, "error": err }), |_| {
                    format!("{}: {}", account.name, err.message)
                })?;
            }
        }
    }
    Ok(code)
}

fn read_key(stdin: bool, key_env: Option<&str>) -> Result<String, UiError> {
    if let (Some(name), false) = (key_env, stdin) {
        return std::env::var(name)
            .map_err(|_| UiError::new(ErrorCode::BadInput, format!("{name} is not set.")));
    }
    if !stdin {
        return Err(UiError::new(
            ErrorCode::BadInput,
            "Give the API key on standard input with --key-stdin. It never stands on the command line, where everybody \
             on this computer could read it.",
        ));
    }
    let mut key = String::new();
    std::io::stdin().read_to_string(&mut key).map_err(|err| {
        UiError::new(ErrorCode::BadInput, format!("The key cannot be read from standard input: {err}."))
    })?;
    if key.trim().is_empty() {
        return Err(UiError::new(ErrorCode::BadInput, "Standard input held no key."));
    }
    Ok(key)
}
