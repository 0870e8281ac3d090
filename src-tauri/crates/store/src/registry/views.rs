//! Views that somebody saved on this computer: a name for a filter, in an order of their own. Each belongs to an account,
//! whose tags and colleagues it names.

use muster_model::{AccountId, ViewId};
use rusqlite::{Connection, ErrorCode, OptionalExtension, named_params, params, types::Type};

use super::Registry;
use crate::{Result, StoreError};

/// A named filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewRow {
    /// Ours.
    pub id: ViewId,
    /// As shown; unique within its account, in any case.
    pub name: String,
    /// As typed.
    pub filter: String,
}

impl Registry {
    /// The views of an account, in their order.
    pub fn views(&self, account: AccountId) -> Result<Vec<ViewRow>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT id, name, filter FROM views WHERE account = ?1 ORDER BY place, row",
            )?;
            let views = statement
                .query_map(params![account.to_string()], |row| {
                    let id: String = row.get("id")?;
                    let id = id.parse().map_err(|err| {
                        rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(err))
                    })?;
                    Ok(ViewRow { id, name: row.get("name")?, filter: row.get("filter")? })
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(views)
        })
    }

    /// Saves a view: a new one behind the others, one that exists in its place.
    pub fn save_view(&self, account: AccountId, view: &ViewRow) -> Result<()> {
        self.db.write(|tx| {
            let saved = tx
                .prepare_cached(
                    "INSERT INTO views (id, account, name, folded_name, filter, place)
                     VALUES (:id, :account, :name, :folded_name, :filter,
                             (SELECT coalesce(max(place), 0) + 1 FROM views WHERE account = :account))
                     ON CONFLICT (id) DO UPDATE
                     SET name = excluded.name, folded_name = excluded.folded_name, filter = excluded.filter",
                )?
                .execute(named_params! {
                    ":id": view.id.to_string(),
                    ":account": account.to_string(),
                    ":name": view.name,
                    ":folded_name": view.name.to_lowercase(),
                    ":filter": view.filter,
                });
            match saved {
                Err(err) if err.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    Err(StoreError::NameTaken { name: view.name.clone() })
                }
                Err(err) => Err(err.into()),
                Ok(_) => Ok(()),
            }
        })
    }

    /// Forgets a view; says whether there was one.
    pub fn remove_view(&self, account: AccountId, id: ViewId) -> Result<bool> {
        self.db.write(|tx| {
            let removed = tx
                .prepare_cached("DELETE FROM views WHERE account = ?1 AND id = ?2")?
                .execute(params![account.to_string(), id.to_string()])?;
            Ok(removed > 0)
        })
    }

    /// Moves a view by one place, up or down; at the end it stays.
    pub fn move_view(&self, account: AccountId, id: ViewId, up: bool) -> Result<()> {
        self.db.write(|tx| {
            let Some((row, place)) = place_of(tx, account, id)? else { return Ok(()) };
            let beside = if up {
                "SELECT row, place FROM views WHERE account = ?1 AND place < ?2 ORDER BY place DESC LIMIT 1"
            } else {
                "SELECT row, place FROM views WHERE account = ?1 AND place > ?2 ORDER BY place LIMIT 1"
            };
            let beside: Option<(i64, i64)> = tx
                .prepare_cached(beside)?
                .query_row(params![account.to_string(), place], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if let Some((other, its_place)) = beside {
                let mut swap = tx.prepare_cached("UPDATE views SET place = ?2 WHERE row = ?1")?;
                swap.execute(params![row, its_place])?;
                swap.execute(params![other, place])?;
            }
            Ok(())
        })
    }
}

fn place_of(conn: &Connection, account: AccountId, id: ViewId) -> Result<Option<(i64, i64)>> {
    Ok(conn
        .prepare_cached("SELECT row, place FROM views WHERE account = ?1 AND id = ?2")?
        .query_row(params![account.to_string(), id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_saved_renamed_moved_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::open(folder.path()).unwrap();
        let (mine, other) = (AccountId(uuid::Uuid::now_v7()), AccountId(uuid::Uuid::now_v7()));
        let view = |name: &str| ViewRow {
            id: ViewId(uuid::Uuid::now_v7()),
            name: name.into(),
            filter: format!("tag:{name}"),
        };
        let views = ["a", "b", "c"].map(view);
        for view in &views {
            registry.save_view(mine, view).unwrap();
        }
        registry.save_view(other, &view("a")).unwrap();
        assert!(matches!(registry.save_view(mine, &view("B")), Err(StoreError::NameTaken { .. })));
        let names =
            || -> String { registry.views(mine).unwrap().into_iter().map(|view| view.name).collect() };
        assert_eq!(names(), "abc");
        registry.move_view(mine, views[2].id, true).unwrap();
        registry.move_view(mine, views[0].id, true).unwrap();
        assert_eq!(names(), "acb");
        registry.move_view(mine, views[0].id, false).unwrap();
        assert_eq!(names(), "cab");
        registry.save_view(mine, &ViewRow { name: "z".into(), ..views[0].clone() }).unwrap();
        assert_eq!(names(), "czb");
        assert!(registry.remove_view(mine, views[2].id).unwrap());
        assert!(!registry.remove_view(mine, views[2].id).unwrap());
        assert_eq!(names(), "zb");
        registry.remove(mine).unwrap();
        assert_eq!((names().as_str(), registry.views(other).unwrap().len()), ("", 1));
    }
}
