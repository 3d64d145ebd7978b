-- Who may use the admin API beside the principals of the config file: one row per name. The id and the hash are those of the
-- token in force (HMAC-SHA-256 with the pepper, as for credentials); times are UTC milliseconds, 0 stands for "never".
CREATE TABLE principals (
    name TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    hash BLOB NOT NULL,
    role TEXT NOT NULL,
    tenants TEXT NOT NULL,
    note TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    revoked_ms INTEGER NOT NULL
) WITHOUT ROWID;
-- Pairing codes, each of which makes one principal once. Rows are removed when they have been used or have run out.
CREATE TABLE pairings (
    id TEXT NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    tenants TEXT NOT NULL,
    note TEXT NOT NULL,
    principal_expires_ms INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) WITHOUT ROWID;
-- When each principal was last here, those of the config file too; written lazily.
CREATE TABLE principal_use (
    name TEXT NOT NULL PRIMARY KEY,
    used_ms INTEGER NOT NULL,
    peer TEXT NOT NULL
) WITHOUT ROWID;
