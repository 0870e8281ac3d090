CREATE TABLE accounts (
    row         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    folded_name TEXT    NOT NULL UNIQUE,
    kind        TEXT    NOT NULL,
    url         TEXT    NOT NULL,
    user        TEXT,
    created     INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Named filters, each for the account whose tags and colleagues it names.
CREATE TABLE views (
    row         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    account     TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    folded_name TEXT    NOT NULL,
    filter      TEXT    NOT NULL,
    place       INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account, folded_name)
) STRICT;
