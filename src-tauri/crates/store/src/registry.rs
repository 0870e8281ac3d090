//! `muster.db`: which accounts there are, and settings. Nothing about customers, so it is not encrypted.

use std::path::Path;

use jiff::Timestamp;
use muster_model::AccountId;
use rusqlite::{ErrorCode, OptionalExtension, Row, named_params, params, types::Type};

use crate::{
    Result, StoreError,
    column::{instant, ms},
    db::{Db, Kind},
};

mod views;

pub use views::ViewRow;

const KIND: Kind = Kind {
    file: "muster.db",
    migrations: &[(1, include_str!("migrations/registry/0001_first.sql"))],
    beginning: "",
    settings: "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON",
    is_copy: false,
    is_loaded: false,
};

/// One help desk that somebody signed in to. The key is in the keychain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Ours; also the name of its folder and its user in the keychain.
    pub id: AccountId,
    /// What people call it; unique, in any case.
    pub name: String,
    /// `muster`, `fernand`, …
    pub kind: String,
    /// The help desk's address.
    pub url: String,
    /// The login, where a key does not say whose it is.
    pub user: Option<String>,
    /// When it was added.
    pub created: Timestamp,
}

/// The accounts and settings of this data folder.
#[derive(Clone, Debug)]
pub struct Registry {
    db: Db,
}

impl Registry {
    /// Opens or creates `muster.db`.
    pub fn open(data_dir: &Path) -> Result<Self> {
        Ok(Self { db: Db::open(&KIND, data_dir, None)? })
    }

    /// All accounts, oldest first.
    pub fn accounts(&self) -> Result<Vec<AccountRow>> {
        self.db.read(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT id, name, kind, url, user, created FROM accounts ORDER BY row")?;
            let accounts = statement.query_map([], account)?.collect::<rusqlite::Result<_>>()?;
            Ok(accounts)
        })
    }

    /// The account of that name, in any case.
    pub fn account_named(&self, name: &str) -> Result<Option<AccountRow>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached(
                    "SELECT id, name, kind, url, user, created FROM accounts WHERE folded_name = ?1",
                )?
                .query_row(params![name.to_lowercase()], account)
                .optional()?)
        })
    }

    /// Adds an account.
    pub fn insert(&self, new: &AccountRow) -> Result<()> {
        self.db.write(|tx| {
            let inserted = tx
                .prepare_cached(
                    "INSERT INTO accounts (id, name, folded_name, kind, url, user, created)
                     VALUES (:id, :name, :folded_name, :kind, :url, :user, :created)",
                )?
                .execute(named_params! {
                    ":id": new.id.to_string(),
                    ":name": new.name,
                    ":folded_name": new.name.to_lowercase(),
                    ":kind": new.kind,
                    ":url": new.url,
                    ":user": new.user,
                    ":created": ms(new.created),
                });
            match inserted {
                Err(err) if err.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    Err(StoreError::NameTaken { name: new.name.clone() })
                }
                Err(err) => Err(err.into()),
                Ok(_) => Ok(()),
            }
        })
    }

    /// Forgets an account; its folder is the caller's business.
    pub fn remove(&self, id: AccountId) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached("DELETE FROM accounts WHERE id = ?1")?.execute(params![id.to_string()])?;
            tx.prepare_cached("DELETE FROM views WHERE account = ?1")?.execute(params![id.to_string()])?;
            Ok(())
        })
    }

    /// A setting's value.
    pub fn setting(&self, key: &str) -> Result<Option<String>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                .query_row(params![key], |row| row.get(0))
                .optional()?)
        })
    }

    /// Sets a setting.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO settings (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![key, value])?;
            Ok(())
        })
    }

    /// Changes when anybody wrote: another process added an account.
    pub fn data_version(&self) -> Result<i64> {
        self.db.data_version()
    }
}

fn account(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    let id: String = row.get("id")?;
    Ok(AccountRow {
        id: id
            .parse()
            .map_err(|err| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(err)))?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        url: row.get("url")?,
        user: row.get("user")?,
        created: instant(row, "created")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_accounts_and_settings() {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::open(folder.path()).unwrap();
        let row = AccountRow {
            id: AccountId(uuid::Uuid::now_v7()),
            name: "Acme".into(),
            kind: "muster".into(),
            url: "http://127.0.0.1:1/".into(),
            user: None,
            created: Timestamp::UNIX_EPOCH,
        };
        let version = registry.data_version().unwrap();
        registry.insert(&row).unwrap();
        assert_ne!(registry.data_version().unwrap(), version);
        assert_eq!(registry.account_named("ACME").unwrap(), Some(row.clone()));
        let twin = AccountRow { id: AccountId(uuid::Uuid::now_v7()), name: "acme".into(), ..row.clone() };
        assert!(matches!(registry.insert(&twin), Err(StoreError::NameTaken { .. })));
        registry.set_setting("theme", "dark").unwrap();
        registry.set_setting("theme", "light").unwrap();
        assert_eq!(registry.setting("theme").unwrap().as_deref(), Some("light"));
        assert_eq!(registry.accounts().unwrap(), std::slice::from_ref(&row));
        registry.remove(row.id).unwrap();
        assert!(registry.accounts().unwrap().is_empty());
    }
}
