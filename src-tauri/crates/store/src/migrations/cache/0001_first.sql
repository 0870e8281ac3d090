-- What the server said. Rebuildable: everything here can be fetched again.

-- What filters and orders look at; narrow, so that a walk touches few pages. Names are folded to lower case; '' = none.
CREATE TABLE conversations (
    row            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT    NOT NULL UNIQUE,
    status         TEXT    NOT NULL DEFAULT '',
    channel        TEXT    NOT NULL DEFAULT '',
    engagement     TEXT    NOT NULL DEFAULT '',
    priority       INTEGER NOT NULL DEFAULT 0,              -- the rank, none = 0
    agent          TEXT    NOT NULL DEFAULT '',
    team           TEXT    NOT NULL DEFAULT '',
    contact        TEXT    NOT NULL DEFAULT '',             -- name, address and phone, folded, a line each
    tags           INTEGER NOT NULL DEFAULT 0,              -- how many
    has_attachment INTEGER NOT NULL DEFAULT 0,
    created        INTEGER NOT NULL DEFAULT 0,
    updated        INTEGER NOT NULL DEFAULT 0,
    waiting        INTEGER NOT NULL DEFAULT 9223372036854775807,  -- since when; the largest number = does not wait
    last_inbound   INTEGER NOT NULL DEFAULT -9223372036854775808, -- the smallest number = never
    stamp          INTEGER NOT NULL DEFAULT 0,
    generation     INTEGER NOT NULL DEFAULT 0,              -- the full sync that last saw it
    thread_stamp   INTEGER,                                 -- the stamp that came with the messages; NULL = never fetched
    thread_fetched INTEGER
) STRICT;

-- One index per order, and one per facet that lists start from; each ends in the order, so that no list is sorted.
CREATE INDEX by_updated  ON conversations (updated DESC, id, status, agent, team);
CREATE INDEX by_status   ON conversations (status, updated DESC, id);
CREATE INDEX by_agent    ON conversations (agent, updated DESC, id, status);
CREATE INDEX by_team     ON conversations (team, updated DESC, id, status);
CREATE INDEX by_created  ON conversations (created DESC, id, status);
CREATE INDEX by_waiting  ON conversations (waiting, id, status);
CREATE INDEX by_priority ON conversations (priority DESC, id, status);
CREATE INDEX without_thread ON conversations (updated DESC, id, status)
    WHERE thread_stamp IS NULL OR thread_stamp < stamp;

CREATE TABLE conversation_tags (
    tag          TEXT    NOT NULL,
    updated      INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    conversation INTEGER NOT NULL REFERENCES conversations (row) ON DELETE CASCADE,
    PRIMARY KEY (tag, updated DESC, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_of ON conversation_tags (conversation, tag);

CREATE TABLE conversation_followers (
    agent        TEXT    NOT NULL,
    updated      INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    conversation INTEGER NOT NULL REFERENCES conversations (row) ON DELETE CASCADE,
    PRIMARY KEY (agent, updated DESC, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX followers_of ON conversation_followers (conversation, agent);

-- The whole conversation as JSON, and what its text was when it was last indexed.
CREATE TABLE bodies (
    conversation  INTEGER PRIMARY KEY REFERENCES conversations (row) ON DELETE CASCADE,
    body          TEXT    NOT NULL,
    header_hash   INTEGER NOT NULL DEFAULT 0,
    messages_hash INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE messages (
    row          INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversations (row) ON DELETE CASCADE,
    id           TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    place        INTEGER NOT NULL DEFAULT 0,                -- keeps the server's order among messages of one instant
    body         TEXT    NOT NULL,
    UNIQUE (conversation, id)
) STRICT;
CREATE INDEX messages_in_order ON messages (conversation, at, place, row);

-- Tokens are cut and folded before they come here (muster_model::tokens), so the plainest tokenizer does: it splits at
-- spaces and leaves everything beyond ASCII alone. rowid = conversations.row.
CREATE VIRTUAL TABLE texts USING fts5 (subject, body, content = '', contentless_delete = 1, tokenize = 'ascii');

CREATE TABLE sync (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    cursor       TEXT,
    backfilling  INTEGER NOT NULL DEFAULT 1,
    total        INTEGER,
    last_synced  INTEGER,
    sequence     INTEGER NOT NULL DEFAULT 0,                -- raised by every writing transaction
    gone_at      INTEGER NOT NULL DEFAULT 0,                -- the sequence at which a conversation was last taken out
    generation   INTEGER NOT NULL DEFAULT 0,
    highest_sent INTEGER NOT NULL DEFAULT 0                 -- a journal behind this is a restored backup
) STRICT;
INSERT INTO sync (one) VALUES (1);

CREATE TABLE directory (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    directory TEXT    NOT NULL,
    me        TEXT    NOT NULL,
    able      TEXT,                                         -- what the server can do, as whoever asked it wrote it down
    fetched   INTEGER NOT NULL
) STRICT;
