-- Break-glass: who may read kept content, until when (api::ContentGrant as JSON). Kept content itself is in a database of its own.
CREATE TABLE content_grants (
    id TEXT PRIMARY KEY,
    asked_ms INTEGER NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;
-- Records that were removed at the end of audit.retention, piece by piece: all that had a seq from first_seq to last_seq. digest:
-- SHA-256 over their ids in that order, a line feed after each.
CREATE TABLE record_purges (
    number INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    before_ms INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    oldest_ms INTEGER NOT NULL,
    newest_ms INTEGER NOT NULL,
    digest BLOB NOT NULL
);
-- What reconciliations and the ledger's report add up, of removed records. The month (UTC) is the attempt's, the day (since 1970,
-- UTC) the call's.
CREATE TABLE removed_attempts (
    month TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    model_reported TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost_nano INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    unpriced_tokens INTEGER NOT NULL,
    disconnects INTEGER NOT NULL,
    disconnect_nano INTEGER NOT NULL,
    disconnect_more_nano INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    retry_nano INTEGER NOT NULL,
    retry_more_nano INTEGER NOT NULL,
    PRIMARY KEY (month, provider, model, model_reported)
) WITHOUT ROWID;
CREATE TABLE removed_spend (
    day INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    feature TEXT NOT NULL,
    calls INTEGER NOT NULL,
    proved_nano INTEGER NOT NULL,
    claimed_nano INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    PRIMARY KEY (day, tenant, feature)
) WITHOUT ROWID;
