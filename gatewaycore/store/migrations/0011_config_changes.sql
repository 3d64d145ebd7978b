-- Every text that was or may come in force, under its number. Exactly one row is in force: the one with in_force = 1 (a
-- unique column, so there cannot be two). What was in force has from_ms and until_ms; a number that was given to a canary
-- and never came in force has neither. Texts of the time before this table are not known: the row a start finds is the first.
CREATE TABLE config_revisions (
    number INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    text BLOB NOT NULL,
    kind TEXT NOT NULL,
    draft TEXT NOT NULL,
    restores INTEGER NOT NULL,
    author TEXT NOT NULL,
    approver TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    from_ms INTEGER,
    until_ms INTEGER,
    in_force INTEGER UNIQUE CHECK (in_force = 1),
    review_due_ms INTEGER NOT NULL,
    rolled_back_ms INTEGER NOT NULL,
    rolled_back_by TEXT NOT NULL,
    rolled_back_reason TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX config_revisions_from ON config_revisions (from_ms) WHERE from_ms IS NOT NULL;
CREATE TABLE config_drafts (
    id TEXT PRIMARY KEY,
    base INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    hash TEXT NOT NULL,
    text BLOB NOT NULL,
    revision INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    detail TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX config_drafts_updated ON config_drafts (updated_ms);
