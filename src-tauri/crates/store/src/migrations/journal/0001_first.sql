-- What we want and what became of it. Precious: never rebuilt.

CREATE TABLE jobs (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,            -- the order of confirmation
    id        TEXT    NOT NULL UNIQUE,
    name      TEXT    NOT NULL DEFAULT '',
    kind      TEXT    NOT NULL,                             -- change, reply, follow
    type      TEXT    NOT NULL DEFAULT '',                  -- what people call it: reply, status, tags, undo, …
    mass      INTEGER NOT NULL DEFAULT 0,
    action    TEXT    NOT NULL,                             -- JSON; one that this version cannot read is shown and never run
    state     TEXT    NOT NULL,
    pause     TEXT,
    created   INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    finished  INTEGER,
    me        TEXT    NOT NULL DEFAULT '',                  -- whose key it was
    filter    TEXT,                                         -- as typed
    resolved  TEXT,                                         -- as meant
    total     INTEGER NOT NULL,
    next_item INTEGER NOT NULL DEFAULT 0,                   -- everything before it was claimed or does not take part
    sending   TEXT    NOT NULL DEFAULT '{}',                -- JSON: when, hold, canary, what to do if somebody wrote
    opened    INTEGER NOT NULL DEFAULT 0,                   -- items that were ever claimed
    released  INTEGER,                                      -- so many may be claimed in all; NULL: everybody
    canary_passed INTEGER NOT NULL DEFAULT 0,               -- somebody looked at the first few and said go on
    go_at     INTEGER NOT NULL,                             -- when somebody last said that it may leave
    points_to TEXT,                                         -- the job that this one undoes, repeats or follows
    relation  TEXT                                          -- undo, retry, again, sent_again
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, seq);
CREATE INDEX jobs_by_origin ON jobs (points_to) WHERE points_to IS NOT NULL;

-- Whom a job is about, frozen. Apart from the job's row, which is read and written at every step of the worker: SQLite
-- would walk through all of these bytes each time.
CREATE TABLE audiences (
    job    INTEGER NOT NULL PRIMARY KEY REFERENCES jobs (seq),
    packed BLOB    NOT NULL                                 -- a version byte, then postcard
) STRICT;

-- An item has a row, or a place in a lot, once it was claimed. Until then it is pending, or skipped by its verdict.
CREATE TABLE items (
    job     INTEGER NOT NULL REFERENCES jobs (seq),
    no      INTEGER NOT NULL,                               -- 0-based; with the job's id the client reference
    id      TEXT    NOT NULL,
    state   TEXT    NOT NULL,
    code    TEXT    NOT NULL DEFAULT '',
    message TEXT    NOT NULL DEFAULT '',
    seen    INTEGER,                                        -- a human saw what was written up to then and said: send
    left_at INTEGER,                                        -- a human looked at what is unknown and left it at that
    moved   INTEGER NOT NULL DEFAULT 0,                     -- rises within the job whenever an item moves
    PRIMARY KEY (job, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_by_move ON items (job, moved);
-- An item that ends without ever having been claimed moves as well.
CREATE TRIGGER items_ended_unclaimed AFTER INSERT ON items WHEN NEW.state <> 'pending' AND NEW.moved = 0 BEGIN
    UPDATE items SET moved = 1 + max((SELECT coalesce(max(moved), 0) FROM items WHERE job = NEW.job),
                                     (SELECT coalesce(max(moved), 0) FROM lots WHERE job = NEW.job))
     WHERE job = NEW.job AND no = NEW.no;
END;
CREATE INDEX items_by_state ON items (job, state, no);
CREATE INDEX items_attention ON items (job, no) WHERE state IN ('unknown', 'held');

CREATE TABLE effects (
    row           INTEGER PRIMARY KEY AUTOINCREMENT,
    job           INTEGER NOT NULL REFERENCES jobs (seq),
    no            INTEGER NOT NULL,
    ordinal       INTEGER NOT NULL,
    id            TEXT    NOT NULL,                         -- the conversation
    effect        TEXT    NOT NULL,                         -- the word
    value         TEXT    NOT NULL,                         -- JSON of the whole effect
    expects       TEXT,                                     -- done only while the conversation has this value: undo
    state         TEXT    NOT NULL,
    before        TEXT,                                     -- the server's last known value when it was claimed
    after         TEXT,
    attempts      INTEGER NOT NULL DEFAULT 0,
    receipt       TEXT,
    receipt_stamp INTEGER,
    code          TEXT    NOT NULL DEFAULT '',
    message       TEXT    NOT NULL DEFAULT '',
    started       INTEGER,
    finished      INTEGER,
    checks        INTEGER NOT NULL DEFAULT 0,               -- how often reconcile looked
    first_no_at   INTEGER,                                  -- when it first did not find it
    UNIQUE (job, no, ordinal)
) STRICT;
CREATE INDEX effects_open ON effects (state, job, no, ordinal) WHERE state IN ('sending', 'unknown', 'held');
CREATE INDEX effects_applied ON effects (id, receipt_stamp) WHERE state = 'applied';
CREATE INDEX effects_replies ON effects (started, id) WHERE effect = 'reply';
CREATE INDEX effects_messages_to ON effects (id) WHERE effect IN ('reply', 'note');

-- Items that left together and fared alike, as one row. As soon as one fares otherwise, all of them become rows of items
-- and effects: the numbers of these are kept free, and no other effect ever gets one of them.
CREATE TABLE lots (
    row        INTEGER PRIMARY KEY AUTOINCREMENT,
    job        INTEGER NOT NULL REFERENCES jobs (seq),
    first_no   INTEGER NOT NULL,
    last_no    INTEGER NOT NULL,
    numbers    TEXT    NOT NULL,                            -- JSON: the items, in order
    first_row  INTEGER NOT NULL,                            -- the first effect
    end_row    INTEGER NOT NULL,                            -- behind the last one
    state      TEXT    NOT NULL,                            -- sending, applied
    before     TEXT    NOT NULL,                            -- JSON: of every effect of every item, each kind once
    receipts   TEXT,                                        -- JSON: likewise, but for the stamps
    stamps     TEXT,                                        -- JSON: of every effect, item by item
    stamp      INTEGER,                                     -- the newest of their stamps
    says_after INTEGER NOT NULL DEFAULT 0,                  -- the answers said what is so afterwards
    started    INTEGER NOT NULL,
    finished   INTEGER,
    moved      INTEGER NOT NULL                             -- as that of an item
) STRICT;
CREATE INDEX lots_by_move ON lots (job, moved);
CREATE INDEX lots_by_place ON lots (job, first_no, last_no);
CREATE UNIQUE INDEX lots_by_effect ON lots (first_row);
CREATE INDEX lots_sending ON lots (job) WHERE state = 'sending';
-- With everything that is asked of them: a row is as long as its lot.
CREATE INDEX lots_applied ON lots (finished, stamp, job, first_no, last_no) WHERE state = 'applied';

-- How many items of a job are in which state and why. What is missing to the job's total is pending.
CREATE TABLE tallies (
    job     INTEGER NOT NULL REFERENCES jobs (seq),
    state   TEXT    NOT NULL,
    code    TEXT    NOT NULL DEFAULT '',
    message TEXT    NOT NULL DEFAULT '',                    -- of the first that came with this code
    n       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, state, code)
) STRICT, WITHOUT ROWID;

-- What a job in the state draft is made of again, besides its row.
CREATE TABLE saved_plans (
    job  INTEGER NOT NULL PRIMARY KEY REFERENCES jobs (seq),
    plan TEXT    NOT NULL                                   -- JSON
) STRICT;

-- Files that wait to go out with replies.
CREATE TABLE files (
    id    TEXT    NOT NULL PRIMARY KEY,                     -- the SHA-256 of the bytes, in hexadecimal
    name  TEXT    NOT NULL,
    mime  TEXT    NOT NULL,
    size  INTEGER NOT NULL,
    added INTEGER NOT NULL,                                 -- when it was attached last
    bytes BLOB    NOT NULL
) STRICT;

-- What is being written, every save a version. An ended draft has no open version any more.
CREATE TABLE drafts (
    row      INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT    NOT NULL,                              -- the conversation
    kind     TEXT    NOT NULL,                              -- reply, note
    version  INTEGER NOT NULL,
    text     TEXT    NOT NULL,
    files    TEXT    NOT NULL DEFAULT '[]',                 -- JSON
    saved    INTEGER NOT NULL,
    inbound  INTEGER,                                       -- the customer's last message when it was begun
    outbound INTEGER,                                       -- and the last answer
    is_open  INTEGER NOT NULL DEFAULT 1,
    sent     INTEGER,                                       -- when this version was sent
    UNIQUE (id, kind, version)
) STRICT;
CREATE UNIQUE INDEX drafts_open ON drafts (id, kind) WHERE is_open = 1;

CREATE TABLE read_marks (
    id TEXT    NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE follows (
    id TEXT       NOT NULL PRIMARY KEY,
    is_on INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Small state that must survive a restart: rate limits, and when the journal was last worked.
CREATE TABLE state (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
