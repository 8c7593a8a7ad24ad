-- Times are milliseconds since 1970 in UTC. Booleans are 0 and 1.
-- AUTOINCREMENT: a number once given is never given again, not even after pruning.

CREATE TABLE source (
    id              TEXT    NOT NULL PRIMARY KEY,
    -- Where it was read from: validators and baseline hold for this address only.
    url             TEXT,
    due_at          INTEGER NOT NULL,
    -- The lease: free when null or past. `claim` grows with every claim and fences off late workers.
    claimed_until   INTEGER,
    claim           INTEGER NOT NULL DEFAULT 0,
    -- Validators of the last body that was parsed, byte for byte.
    etag            BLOB,
    last_modified   BLOB,
    baseline_at     INTEGER,
    full_at         INTEGER,
    failures        INTEGER NOT NULL DEFAULT 0,
    unhealthy_since INTEGER,
    trouble         TEXT
) STRICT;
CREATE INDEX source_by_due ON source (due_at);
CREATE INDEX source_claimed ON source (claimed_until) WHERE claimed_until IS NOT NULL;

-- The ledger: one row a poll.
CREATE TABLE poll (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    source       TEXT    NOT NULL REFERENCES source (id),
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER NOT NULL,
    outcome      TEXT    NOT NULL,
    status       INTEGER,
    bytes        INTEGER NOT NULL,
    items_seen   INTEGER NOT NULL,
    items_new    INTEGER NOT NULL,
    items_edited INTEGER NOT NULL,
    alerts       INTEGER NOT NULL,
    baseline     INTEGER NOT NULL,
    gap          INTEGER NOT NULL,
    trouble      TEXT
) STRICT;
CREATE INDEX poll_by_source ON poll (source, id);
CREATE INDEX poll_by_finish ON poll (finished_at);

CREATE TABLE item (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    source       TEXT    NOT NULL REFERENCES source (id),
    version      INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    published    INTEGER,
    updated      INTEGER,
    language     TEXT,
    guid         TEXT,
    link         TEXT,
    title        TEXT    NOT NULL,
    -- What titles are compared by, and what title and text together are.
    title_mark   INTEGER NOT NULL,
    fingerprint  BLOB    NOT NULL,
    -- The rule set it was last evaluated under, and what the watches said if one flagged it.
    rule_set     TEXT    NOT NULL,
    decision     TEXT,
    authors      TEXT    NOT NULL,
    categories   TEXT    NOT NULL,
    summary      TEXT    NOT NULL,
    body         TEXT    NOT NULL
) STRICT;
CREATE INDEX item_by_title ON item (source, title_mark);
CREATE INDEX item_by_last_seen ON item (last_seen_at);

-- What an item said before it was edited.
CREATE TABLE item_version (
    item        INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    version     INTEGER NOT NULL,
    replaced_at INTEGER NOT NULL,
    fingerprint BLOB    NOT NULL,
    title       TEXT    NOT NULL,
    summary     TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (item, version)
) STRICT;
CREATE INDEX item_version_by_replacement ON item_version (replaced_at);

-- Every key by which an item was ever known; `mark` is a hash of kind and value.
-- A key found on two different items is shared: it tells nothing apart any more.
CREATE TABLE item_key (
    source TEXT    NOT NULL,
    mark   BLOB    NOT NULL,
    kind   TEXT    NOT NULL,
    item   INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    shared INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_key_by_item ON item_key (item);

CREATE TABLE alert (
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    item      INTEGER NOT NULL REFERENCES item (id),
    revision  INTEGER NOT NULL,
    source    TEXT    NOT NULL,
    publisher TEXT    NOT NULL,
    language  TEXT,
    raised_at INTEGER NOT NULL,
    draft     TEXT    NOT NULL,
    decision  TEXT    NOT NULL,
    UNIQUE (item, revision)
) STRICT;
CREATE INDEX alert_by_time ON alert (raised_at);

CREATE TABLE delivery (
    id            TEXT    NOT NULL PRIMARY KEY,
    receiver      TEXT    NOT NULL,
    alert         INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
    state         TEXT    NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,
    claimed_until INTEGER,
    finished_at   INTEGER,
    reason        TEXT,
    UNIQUE (receiver, alert)
) STRICT;
CREATE INDEX delivery_due ON delivery (receiver, due_at, alert) WHERE state = 'due';
CREATE INDEX delivery_dead ON delivery (receiver, finished_at) WHERE state = 'dead';
CREATE INDEX delivery_by_alert ON delivery (alert);

-- One try of a delivery.
CREATE TABLE attempt (
    delivery    TEXT    NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    verdict     TEXT    NOT NULL,
    status      INTEGER,
    reason      TEXT,
    PRIMARY KEY (delivery, number)
) STRICT;

CREATE TABLE receiver_state (
    receiver  TEXT NOT NULL PRIMARY KEY,
    -- Paused since then, and why; its deliveries wait.
    paused_at INTEGER,
    reason    TEXT,
    -- Takes the next message not before this time.
    free_at   INTEGER
) STRICT;

-- One row, rewritten to prove that the store can be written.
CREATE TABLE heartbeat (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;
