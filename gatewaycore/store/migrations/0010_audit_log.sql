-- The log over calls, config and administration (audit/chain; resources/help/log.md). Entries are only added. `seq` has no gaps.
-- kind: audit/chain/entry.h. ref: calls.seq of a call, else 0. id: what it is of, '' for a call. content: what the log keeps
-- itself; NULL where a row of another table has it. Hashes are 32 bytes.
CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    ref INTEGER NOT NULL,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    entry_hash BLOB NOT NULL,
    content BLOB
);
-- Roots of each 256 entries (number n: entries 256 n + 1 to 256 n + 256), so that a proof need not read the whole log.
CREATE TABLE log_tiles (
    number INTEGER PRIMARY KEY,
    root BLOB NOT NULL
);
-- Signed heads: the tree over the first `size` entries has this root. `previous`: the hash of the head before.
CREATE TABLE log_heads (
    number INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    last_entry BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    previous BLOB NOT NULL,
    public_key BLOB NOT NULL,
    signature BLOB NOT NULL
);
