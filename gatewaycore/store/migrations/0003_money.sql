-- Money on the record. Calls from before have no price book and were not idempotent; their attempts' costs are as known
-- as they are.
ALTER TABLE calls ADD COLUMN price_book TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN idempotency TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN feature_proved INTEGER NOT NULL DEFAULT 0;
CREATE INDEX calls_idempotency ON calls (idempotency) WHERE idempotency <> '';
ALTER TABLE attempts ADD COLUMN fallback_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN cost_estimated_nano INTEGER;
ALTER TABLE attempts ADD COLUMN cost_known INTEGER NOT NULL DEFAULT 1;
-- What an operator changed at run time (levers, raised budgets), so that a restart keeps it. Times are ms; ends_ms 0: without
-- end; ended_ms 0: still in force.
CREATE TABLE overrides (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    set_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL
) WITHOUT ROWID;
-- Lines of providers' bills. `import` is the hash of the file, so that one that is imported again changes nothing. `month`
-- is YYYY-MM; counts the bill does not state are NULL.
CREATE TABLE bills (
    import TEXT NOT NULL,
    line INTEGER NOT NULL,
    file TEXT NOT NULL,
    imported_ms INTEGER NOT NULL,
    month TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    requests INTEGER,
    input_tokens INTEGER,
    output_tokens INTEGER,
    amount_nano INTEGER NOT NULL,
    PRIMARY KEY (import, line)
) WITHOUT ROWID;
CREATE INDEX bills_month ON bills (month, provider, model);
