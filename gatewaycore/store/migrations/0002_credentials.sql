-- Gateway credentials: the hash of the key, never the key. Lists are JSON arrays; times are ms, 0 for never.
CREATE TABLE credentials (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL,
    tenant TEXT NOT NULL,
    aliases TEXT NOT NULL,
    features TEXT NOT NULL,
    issued_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    revoked_ms INTEGER NOT NULL,
    note TEXT NOT NULL
) WITHOUT ROWID;
