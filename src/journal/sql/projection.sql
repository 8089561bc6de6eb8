-- What the entries say, arranged for questions. Dropped and rebuilt from the entries whenever `VERSION` in
-- `projection.rs` changes: edit freely, and count that number up.
DROP TABLE IF EXISTS airing;
DROP TABLE IF EXISTS airing_topic;
DROP TABLE IF EXISTS ledger_page;
DROP TABLE IF EXISTS ledger_word;
DROP TABLE IF EXISTS open;
DROP TABLE IF EXISTS open_output;
DROP TABLE IF EXISTS clip_aired;
DROP TABLE IF EXISTS queue_drawn;
DROP TABLE IF EXISTS clip_approved;
DROP TABLE IF EXISTS day_used;
DROP TABLE IF EXISTS mark;

-- One row for each final entry; times in milliseconds since 1970.
CREATE TABLE airing (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    planned_at INTEGER NOT NULL,
    commune    TEXT NOT NULL,
    slot       TEXT,
    outcome    TEXT NOT NULL,
    kind       TEXT NOT NULL
) STRICT;
CREATE INDEX airing_planned ON airing (planned_at);
CREATE INDEX airing_commune ON airing (commune);
CREATE INDEX airing_slot ON airing (slot);
CREATE INDEX airing_outcome ON airing (outcome);
CREATE INDEX airing_kind ON airing (kind);

CREATE TABLE airing_topic (
    topic TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    PRIMARY KEY (topic, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX airing_topic_seq ON airing_topic (seq);

-- Final rows as far as quotas care, packed (`ledger.rs`): some rows of a commune and a month (202611) in each page.
CREATE TABLE ledger_page (
    month   INTEGER NOT NULL,
    commune TEXT NOT NULL,
    page    INTEGER NOT NULL,
    rows    BLOB NOT NULL,
    PRIMARY KEY (month, commune, page)
) STRICT, WITHOUT ROWID;
-- What many of them have in common, as JSON.
CREATE TABLE ledger_word (
    n    INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- Airings planned and without a final row; the numbers are those of the entries to read.
CREATE TABLE open (
    id         TEXT PRIMARY KEY,
    planned    INTEGER NOT NULL,
    planned_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE open_output (
    id      TEXT NOT NULL,
    output  TEXT NOT NULL,
    started INTEGER,
    reached INTEGER,
    PRIMARY KEY (id, output)
) STRICT, WITHOUT ROWID;

CREATE TABLE clip_aired (
    clip TEXT PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The approval of each clip that was tied to a content last, as JSON.
CREATE TABLE clip_approved (
    commune  TEXT NOT NULL,
    clip     TEXT NOT NULL,
    hash     TEXT NOT NULL,
    approval TEXT NOT NULL,
    PRIMARY KEY (commune, clip)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_drawn (
    commune TEXT NOT NULL,
    queue   TEXT NOT NULL,
    clip    TEXT NOT NULL,
    PRIMARY KEY (commune, queue)
) STRICT, WITHOUT ROWID;

-- For the day limits: airings begun and milliseconds on air, by local day.
CREATE TABLE day_used (
    day     TEXT NOT NULL,
    commune TEXT NOT NULL,
    airings INTEGER NOT NULL,
    millis  INTEGER NOT NULL,
    PRIMARY KEY (day, commune)
) STRICT, WITHOUT ROWID;

-- Single numbers: `version` and `seq` of this projection, `cursor`, `session`, `session_end`.
CREATE TABLE mark (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
