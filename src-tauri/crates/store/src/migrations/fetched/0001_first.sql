-- Files of messages that somebody opened. Everything here can be fetched again.
CREATE TABLE files (
    n     INTEGER PRIMARY KEY,                               -- rises with every use
    id    TEXT    NOT NULL UNIQUE,                           -- the help desk's own
    size  INTEGER NOT NULL,
    bytes BLOB    NOT NULL
) STRICT;
