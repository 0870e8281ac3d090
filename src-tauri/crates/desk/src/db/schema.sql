-- The desk's own data. Not encrypted: it stands for the server at the other end of the line.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE agents (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    handle TEXT NOT NULL UNIQUE,
    name   TEXT NOT NULL
) STRICT;

CREATE TABLE teams (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    handle TEXT NOT NULL UNIQUE,
    name   TEXT NOT NULL
) STRICT;

CREATE TABLE team_members (
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    team_id  INTEGER NOT NULL REFERENCES teams (id),
    PRIMARY KEY (agent_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    key      TEXT PRIMARY KEY,
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    role     TEXT NOT NULL
) STRICT;

CREATE TABLE tags (
    name  TEXT PRIMARY KEY COLLATE NOCASE,
    color INTEGER NOT NULL
) STRICT;

CREATE TABLE contacts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL,
    email         TEXT,
    phone         TEXT,
    custom_fields TEXT NOT NULL DEFAULT '{}',
    -- What they write is not taken any more.
    blocked       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX contacts_blocked ON contacts (email, phone) WHERE blocked = 1;

CREATE TABLE conversations (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id     INTEGER NOT NULL REFERENCES contacts (id),
    subject        TEXT NOT NULL,
    channel        TEXT NOT NULL,
    status         TEXT NOT NULL,
    snoozed_until  INTEGER,
    priority       TEXT NOT NULL DEFAULT 'none',
    agent          TEXT REFERENCES agents (handle),
    team           TEXT REFERENCES teams (handle),
    engagement     TEXT NOT NULL,
    waiting_since  INTEGER,
    created        INTEGER NOT NULL,
    updated        INTEGER NOT NULL,
    last_inbound   INTEGER,
    last_outbound  INTEGER,
    preview_text   TEXT,
    preview_from   TEXT,
    message_count  INTEGER NOT NULL DEFAULT 0,
    case_number    TEXT,
    custom_fields  TEXT NOT NULL DEFAULT '{}',
    has_attachment INTEGER NOT NULL DEFAULT 0,
    seq            INTEGER NOT NULL DEFAULT 0,
    deleted        INTEGER NOT NULL DEFAULT 0,
    -- When it was marked as done here: from then on the resolution timer runs.
    done_at        INTEGER
) STRICT;
CREATE INDEX conversations_by_seq ON conversations (seq);
CREATE INDEX conversations_by_update ON conversations (deleted, updated, id);
CREATE INDEX conversations_to_wake ON conversations (snoozed_until) WHERE status = 'snoozed' AND snoozed_until IS NOT NULL;
CREATE INDEX conversations_to_archive ON conversations (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE conversation_tags (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    tag             TEXT NOT NULL COLLATE NOCASE REFERENCES tags (name),
    PRIMARY KEY (conversation_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE followers (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    agent           TEXT NOT NULL REFERENCES agents (handle),
    PRIMARY KEY (conversation_id, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    at              INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    side            TEXT NOT NULL,
    author          TEXT NOT NULL,
    author_handle   TEXT,
    text            TEXT NOT NULL,
    html            TEXT,
    client_ref      TEXT,
    mass_reply      INTEGER NOT NULL DEFAULT 0,
    delivery        TEXT,
    delivery_reason TEXT
) STRICT;
CREATE INDEX messages_by_conversation ON messages (conversation_id, at, id);
CREATE INDEX messages_by_reference ON messages (client_ref) WHERE client_ref IS NOT NULL;

-- Bytes, once each: a mass reply to hundreds carries one file.
CREATE TABLE files (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 BLOB NOT NULL UNIQUE,
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE attachments (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- None: uploaded, for replies to name.
    message_id INTEGER REFERENCES messages (id),
    name       TEXT NOT NULL,
    mime       TEXT NOT NULL,
    file_id    INTEGER NOT NULL REFERENCES files (id)
) STRICT;
CREATE INDEX attachments_by_message ON attachments (message_id);
CREATE UNIQUE INDEX attachments_uploaded ON attachments (file_id, name, mime) WHERE message_id IS NULL;

CREATE TABLE snippets (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    shortcut TEXT NOT NULL UNIQUE,
    title    TEXT NOT NULL,
    text     TEXT NOT NULL
) STRICT;

-- What became of each client reference: the receipt that a repeated reply or note gets again.
CREATE TABLE receipts (
    client_ref      TEXT PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    message_id      INTEGER NOT NULL REFERENCES messages (id),
    at              INTEGER NOT NULL,
    seq             INTEGER NOT NULL,
    -- JSON of the outcome of the status that was asked for with it.
    status          TEXT
) STRICT;

-- One row per change of anything: the numbers that conversations carry, and the live events.
CREATE TABLE changes (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    kind            TEXT NOT NULL,
    side            TEXT,
    agent           TEXT,
    at              INTEGER NOT NULL
) STRICT;
