-- Version 1: the chain. Never edited once released; changes are further files in `schema.rs`.
CREATE TABLE entry (
    seq   INTEGER PRIMARY KEY CHECK (seq > 0),
    prev  TEXT NOT NULL CHECK (length(prev) = 64),
    hash  TEXT NOT NULL CHECK (length(hash) = 64),
    entry TEXT NOT NULL
) STRICT;

CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

-- Also what stops INSERT OR REPLACE, which fires no DELETE trigger.
CREATE TRIGGER entry_comes_last BEFORE INSERT ON entry
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entry)
BEGIN
    SELECT RAISE(ABORT, 'journal entries are numbered without holes');
END;
