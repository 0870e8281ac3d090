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
    blocked       INTEGER NOT NULL DEFAULT 0,
    -- They asked to get no mass replies.
    opted_out     INTEGER NOT NULL DEFAULT 0,
    -- Why nothing arrives at their address any more: it bounced for good.
    unreachable   TEXT
) STRICT;
CREATE INDEX contacts_by_email ON contacts (email) WHERE email IS NOT NULL;
CREATE INDEX contacts_by_phone ON contacts (phone) WHERE phone IS NOT NULL;

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
    -- The resolution timer: when what was marked as done here is archived.
    archive_at     INTEGER,
    -- When a mail that was answered here and to which nobody writes is done by itself.
    resolve_at     INTEGER,
    -- The conversation that took in this one's messages.
    merged_into    INTEGER REFERENCES conversations (id)
) STRICT;
CREATE INDEX conversations_by_seq ON conversations (seq);
CREATE INDEX conversations_by_update ON conversations (deleted, updated, id);
CREATE INDEX conversations_to_wake ON conversations (snoozed_until) WHERE status = 'snoozed' AND snoozed_until IS NOT NULL AND deleted = 0;
CREATE INDEX conversations_to_archive ON conversations (archive_at) WHERE archive_at IS NOT NULL;
CREATE INDEX conversations_to_resolve ON conversations (resolve_at) WHERE resolve_at IS NOT NULL;
CREATE INDEX conversations_by_contact ON conversations (contact_id);

-- How many there are: every page of changes says it.
CREATE TABLE tally (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    conversations INTEGER NOT NULL
) STRICT;
INSERT INTO tally (one, conversations) VALUES (1, 0);
CREATE TRIGGER conversation_counted AFTER INSERT ON conversations WHEN NEW.deleted = 0 BEGIN
    UPDATE tally SET conversations = conversations + 1;
END;
CREATE TRIGGER conversation_gone AFTER UPDATE OF deleted ON conversations WHEN NEW.deleted <> OLD.deleted BEGIN
    UPDATE tally SET conversations = conversations + OLD.deleted - NEW.deleted;
END;

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
    delivery_reason TEXT,
    -- JSON: the handles that a note calls.
    mentions        TEXT
) STRICT;
CREATE INDEX messages_by_conversation ON messages (conversation_id, at, id);
CREATE INDEX messages_queued ON messages (conversation_id) WHERE delivery = 'queued';
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

-- Texts that WhatsApp lets through after the window closed; {{1}}, {{2}} … are filled in by the sender.
CREATE TABLE templates (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL UNIQUE,
    language   TEXT NOT NULL,
    text       TEXT NOT NULL,
    parameters INTEGER NOT NULL
) STRICT;

-- What conversations and contacts may carry beside the usual.
CREATE TABLE custom_fields (
    owner TEXT NOT NULL,
    key   TEXT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;

-- Conversations that have to do with each other; each pair once, the lower number first.
CREATE TABLE links (
    a    INTEGER NOT NULL REFERENCES conversations (id),
    b    INTEGER NOT NULL REFERENCES conversations (id),
    kind TEXT NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_second ON links (b);

CREATE TABLE tickets (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    title       TEXT NOT NULL,
    description TEXT NOT NULL,
    status      TEXT NOT NULL,
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    created_by  TEXT NOT NULL REFERENCES agents (handle)
) STRICT;

CREATE TABLE ticket_conversations (
    ticket_id       INTEGER NOT NULL REFERENCES tickets (id),
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    PRIMARY KEY (ticket_id, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_by_conversation ON ticket_conversations (conversation_id);

-- What an agent has begun to write.
CREATE TABLE drafts (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    agent           TEXT NOT NULL REFERENCES agents (handle),
    text            TEXT NOT NULL,
    updated         INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE views (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL,
    -- As the client wrote it; the desk does not read it.
    query   TEXT NOT NULL,
    owner   TEXT NOT NULL REFERENCES agents (handle),
    -- Whether colleagues see it.
    shared  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Up to which message an agent has read.
CREATE TABLE read_marks (
    agent           TEXT NOT NULL REFERENCES agents (handle),
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    message_id      INTEGER NOT NULL REFERENCES messages (id),
    at              INTEGER NOT NULL,
    PRIMARY KEY (agent, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX read_marks_by_time ON read_marks (agent, at);

-- Calls that changed or answered several conversations, one row per job.
CREATE TABLE bulk_runs (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    -- What the client references of its items have in common.
    job      TEXT,
    kind     TEXT NOT NULL,
    name     TEXT,
    agent    TEXT NOT NULL REFERENCES agents (handle),
    -- JSON of the change.
    change   TEXT,
    started  INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    applied  INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    skipped  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX bulk_runs_by_job ON bulk_runs (agent, kind, job) WHERE job IS NOT NULL;

-- Those that were not applied, and why.
CREATE TABLE bulk_refusals (
    run_id          INTEGER NOT NULL REFERENCES bulk_runs (id),
    conversation    TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    code            TEXT NOT NULL,
    message         TEXT NOT NULL
) STRICT;
CREATE INDEX bulk_refusals_by_run ON bulk_refusals (run_id);

-- What is going to happen by itself, beside the timers that stand with the conversations.
CREATE TABLE agenda (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    due     INTEGER NOT NULL,
    -- JSON of what happens.
    deed    TEXT NOT NULL
) STRICT;
CREATE INDEX agenda_by_due ON agenda (due, id);

-- Drafts that came in Fernand's dialect, the content as it was sent.
CREATE TABLE fernand_drafts (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    author_id       INTEGER REFERENCES agents (id),
    target_id       INTEGER REFERENCES agents (id),
    title           TEXT NOT NULL,
    content         TEXT NOT NULL,
    created         INTEGER NOT NULL
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
