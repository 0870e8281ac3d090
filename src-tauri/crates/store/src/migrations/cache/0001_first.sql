-- What the server said. Rebuildable: everything here can be fetched again.

-- What filters and orders look at; the facet index in memory is made of it. Names are folded to lower case; '' = none.
CREATE TABLE conversations (
    row            INTEGER PRIMARY KEY,                     -- never given twice: sync.highest_row
    id             TEXT    NOT NULL UNIQUE,
    status         TEXT    NOT NULL,
    channel        TEXT    NOT NULL,
    engagement     TEXT    NOT NULL,
    priority       INTEGER NOT NULL,                        -- the rank, none = 0
    agent          TEXT    NOT NULL,
    team           TEXT    NOT NULL,
    contact        TEXT    NOT NULL,                        -- name, address and phone, folded, a line each
    tags           TEXT    NOT NULL,                        -- a JSON array, as are the followers
    followers      TEXT    NOT NULL,
    has_attachment INTEGER NOT NULL,
    created        INTEGER NOT NULL,
    updated        INTEGER NOT NULL,
    waiting        INTEGER NOT NULL,                        -- since when; the largest number = does not wait
    last_inbound   INTEGER NOT NULL,                        -- the smallest number = never
    stamp          INTEGER NOT NULL,
    generation     INTEGER NOT NULL,                        -- the full sync that last saw it
    thread_stamp   INTEGER,                                 -- the stamp that came with the messages; NULL = never fetched
    thread_fetched INTEGER,
    mentions       TEXT    NOT NULL DEFAULT '[]',           -- whom its notes call, as far as its messages are here
    doc            INTEGER NOT NULL DEFAULT 0,              -- its text in `text_runs`
    is_astray      INTEGER NOT NULL DEFAULT 0               -- that number is not at its place in the order of update
) STRICT;

-- The one order that is asked before the facet index is there.
CREATE INDEX by_updated ON conversations (updated DESC, id);

-- Which rows were changed by which write: what a facet index reads to catch up. Old entries go; an index that is further
-- behind is made anew.
CREATE TABLE changes (
    n        INTEGER PRIMARY KEY,
    row      INTEGER NOT NULL,
    sequence INTEGER NOT NULL
) STRICT;

-- The whole conversation as JSON, packed, and what its text was when it was last indexed.
CREATE TABLE bodies (
    conversation  INTEGER PRIMARY KEY REFERENCES conversations (row) ON DELETE CASCADE,
    body          BLOB    NOT NULL,
    header_hash   INTEGER NOT NULL DEFAULT 0,
    messages_hash INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The messages of a conversation, oldest first, as a JSON array, packed.
CREATE TABLE threads (
    conversation INTEGER PRIMARY KEY REFERENCES conversations (row) ON DELETE CASCADE,
    messages     BLOB    NOT NULL
) STRICT;

-- Full text (`cache/text.rs`): what each writing transaction indexed, put together when there are many.
CREATE TABLE text_runs (
    run         INTEGER PRIMARY KEY AUTOINCREMENT,
    texts       INTEGER NOT NULL,
    gone        INTEGER NOT NULL DEFAULT 0,                 -- how many of them are in a later run, or nowhere any more
    lowest      INTEGER NOT NULL,                           -- the ends of its conversations.doc
    highest     INTEGER NOT NULL,
    first_block INTEGER NOT NULL,
    last_block  INTEGER NOT NULL,
    docs        BLOB    NOT NULL,                           -- every conversations.doc in it
    gone_texts  BLOB    NOT NULL DEFAULT x''                -- a bit for each
) STRICT;

-- Words in the order of their bytes, and which texts have them.
CREATE TABLE text_blocks (
    block INTEGER PRIMARY KEY,
    run   INTEGER NOT NULL,
    first BLOB    NOT NULL,                                 -- its first word
    words BLOB    NOT NULL
) STRICT;
CREATE INDEX text_blocks_by_word ON text_blocks (run, first);

-- Where in the texts the words of a block are: only phrases ask.
CREATE TABLE text_places (
    block  INTEGER PRIMARY KEY,
    places BLOB    NOT NULL
) STRICT;

CREATE TABLE sync (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    cursor       TEXT,
    backfilling  INTEGER NOT NULL DEFAULT 1,
    covered_since INTEGER,                                  -- while backfilling: everything updated since then is here
    total        INTEGER,
    last_synced  INTEGER,
    sequence     INTEGER NOT NULL DEFAULT 0,                -- raised by every writing transaction
    generation   INTEGER NOT NULL DEFAULT 0,
    highest_row  INTEGER NOT NULL DEFAULT 0,                -- of conversations, those that are gone included
    -- The highest and the lowest number of a text, and where those stood in the order when they were numbered.
    top_doc        INTEGER NOT NULL DEFAULT 0,
    bottom_doc     INTEGER NOT NULL DEFAULT 0,
    newest_updated INTEGER,
    newest_id      TEXT,
    oldest_updated INTEGER,
    oldest_id      TEXT,
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

-- What conversations and messages are packed against, besides the dictionary that comes with Muster; the last one is for
-- what is packed now. Of rows up to `packed_to` some are still packed against another one.
CREATE TABLE dictionaries (
    n         INTEGER PRIMARY KEY,
    id        INTEGER NOT NULL UNIQUE,                       -- zstd's number of it, which every packed value has
    bytes     BLOB    NOT NULL,
    packed_to INTEGER NOT NULL
) STRICT;

-- The facet index as it was at some sequence, and the last entry of `changes` that it knows.
CREATE TABLE kept_index (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    sequence INTEGER NOT NULL,
    change   INTEGER NOT NULL,
    bytes    BLOB    NOT NULL
) STRICT;
