-- Narrower rows, so that one is cheap to file. What is filtered, summed or joined by SQL stays a column; the rest is one JSON text,
-- `detail`, whose members are left out where they say nothing (''; 0; a time of -1, "never"; 'interactive'; 'bypass'; 'none'). The
-- views calls_full and attempts_full show everything as columns. No foreign key from attempts to calls: one writer writes both in
-- one transaction, and the check was a tenth of what a call cost. Statements with :from and :to are run in pieces of seq.
CREATE TABLE narrow_calls (
    seq INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    waited_us INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    started_ms INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    feature TEXT NOT NULL,
    agent TEXT NOT NULL,
    credential TEXT NOT NULL,
    surface TEXT NOT NULL,
    alias TEXT NOT NULL,
    zone TEXT NOT NULL,
    outcome TEXT NOT NULL,
    error_code TEXT NOT NULL,
    served_by TEXT NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost_nano INTEGER,
    feature_proved INTEGER NOT NULL,
    idempotency TEXT NOT NULL,
    routed_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    detail TEXT NOT NULL,
    decision TEXT NOT NULL
);
INSERT INTO narrow_calls SELECT seq, batch, waited_us, id, started_ms, tenant, feature, agent, credential, surface, alias, zone,
    outcome, error_code, served_by, tokens_in, tokens_out, cost_nano, feature_proved, idempotency, routed_us, end_us,
    json_patch('{}', json_object(
        'user', nullif(user, ''),
        'workload_class', nullif(workload_class, 'interactive'),
        'revision', nullif(revision, 0),
        'error_detail', nullif(error_detail, ''),
        'http_status', nullif(http_status, 0),
        'fallback_kind', nullif(fallback_kind, ''),
        'degraded', CASE degraded WHEN 0 THEN NULL ELSE json('true') END,
        'cache', nullif(cache, 'bypass'),
        'tokens', CASE WHEN tokens <> '{}' AND json_valid(tokens) THEN json(tokens) END,
        'cost_estimated_nano', cost_estimated_nano,
        'price_book', nullif(price_book, ''),
        'finish_reason', nullif(finish_reason, ''),
        'stream', nullif(stream, 'none'),
        'received_us', nullif(received_us, -1),
        'authenticated_us', nullif(authenticated_us, -1),
        'first_byte_us', nullif(first_byte_us, -1),
        'first_token_us', nullif(first_token_us, -1),
        'overhead_us', nullif(overhead_us, -1),
        'request_bytes', nullif(request_bytes, 0),
        'response_bytes', nullif(response_bytes, 0))),
    decision FROM calls WHERE seq > :from AND seq <= :to ORDER BY seq;
CREATE TABLE narrow_attempts (
    call INTEGER NOT NULL,
    number INTEGER NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    region TEXT NOT NULL,
    result TEXT NOT NULL,
    error_code TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    sent_us INTEGER NOT NULL,
    cost_estimated_nano INTEGER,
    cost_nano INTEGER,
    cost_known INTEGER NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (call, number)
) WITHOUT ROWID;
INSERT INTO narrow_attempts SELECT call, number, provider, model, region, result, error_code, start_us, sent_us,
    cost_estimated_nano, cost_nano, cost_known,
    json_patch('{}', json_object(
        'http_status', nullif(http_status, 0),
        'reason', nullif(reason, ''),
        'upstream_request_id', nullif(upstream_request_id, ''),
        'model_reported', nullif(model_reported, ''),
        'finish_reason', nullif(finish_reason, ''),
        'stream', nullif(stream, 'none'),
        'connection_reused', CASE connection_reused WHEN 0 THEN NULL ELSE json('true') END,
        'connected_us', nullif(connected_us, -1),
        'first_byte_us', nullif(first_byte_us, -1),
        'first_token_us', nullif(first_token_us, -1),
        'end_us', nullif(end_us, -1),
        'longest_gap_us', nullif(longest_gap_us, 0),
        'bytes_sent', nullif(bytes_sent, 0),
        'bytes_received', nullif(bytes_received, 0),
        'tokens', CASE WHEN tokens <> '{}' AND json_valid(tokens) THEN json(tokens) END,
        'fallback_kind', nullif(fallback_kind, '')))
    FROM attempts WHERE call > :from AND call <= :to ORDER BY call, number;
DROP TABLE attempts;
DROP TABLE calls;
ALTER TABLE narrow_calls RENAME TO calls;
ALTER TABLE narrow_attempts RENAME TO attempts;
CREATE INDEX calls_started ON calls (started_ms);
CREATE INDEX calls_tenant ON calls (tenant, started_ms);
CREATE INDEX calls_alias ON calls (alias, started_ms);
CREATE INDEX calls_unanswered ON calls (outcome, started_ms) WHERE outcome <> 'answered';
CREATE INDEX attempts_provider ON attempts (provider, call);
CREATE INDEX calls_idempotency ON calls (idempotency) WHERE idempotency <> '';
CREATE VIEW calls_full AS SELECT seq, batch, waited_us, id, started_ms, tenant, feature, agent,
    coalesce(json_extract(detail, '$.user'), '') AS user,
    credential, surface, alias,
    coalesce(json_extract(detail, '$.workload_class'), 'interactive') AS workload_class,
    zone,
    coalesce(json_extract(detail, '$.revision'), 0) AS revision,
    outcome, error_code,
    coalesce(json_extract(detail, '$.error_detail'), '') AS error_detail,
    coalesce(json_extract(detail, '$.http_status'), 0) AS http_status,
    served_by,
    coalesce(json_extract(detail, '$.fallback_kind'), '') AS fallback_kind,
    coalesce(json_extract(detail, '$.degraded'), 0) AS degraded,
    coalesce(json_extract(detail, '$.cache'), 'bypass') AS cache,
    tokens_in, tokens_out,
    coalesce(json_extract(detail, '$.tokens'), '{}') AS tokens,
    json_extract(detail, '$.cost_estimated_nano') AS cost_estimated_nano,
    cost_nano,
    coalesce(json_extract(detail, '$.price_book'), '') AS price_book,
    idempotency, feature_proved,
    coalesce(json_extract(detail, '$.finish_reason'), '') AS finish_reason,
    coalesce(json_extract(detail, '$.stream'), 'none') AS stream,
    coalesce(json_extract(detail, '$.received_us'), -1) AS received_us,
    coalesce(json_extract(detail, '$.authenticated_us'), -1) AS authenticated_us,
    routed_us,
    coalesce(json_extract(detail, '$.first_byte_us'), -1) AS first_byte_us,
    coalesce(json_extract(detail, '$.first_token_us'), -1) AS first_token_us,
    end_us,
    coalesce(json_extract(detail, '$.overhead_us'), -1) AS overhead_us,
    coalesce(json_extract(detail, '$.request_bytes'), 0) AS request_bytes,
    coalesce(json_extract(detail, '$.response_bytes'), 0) AS response_bytes,
    decision FROM calls;
CREATE VIEW attempts_full AS SELECT call, number, provider, model, region, result,
    coalesce(json_extract(detail, '$.http_status'), 0) AS http_status,
    error_code,
    coalesce(json_extract(detail, '$.reason'), '') AS reason,
    coalesce(json_extract(detail, '$.upstream_request_id'), '') AS upstream_request_id,
    coalesce(json_extract(detail, '$.model_reported'), '') AS model_reported,
    coalesce(json_extract(detail, '$.finish_reason'), '') AS finish_reason,
    coalesce(json_extract(detail, '$.stream'), 'none') AS stream,
    coalesce(json_extract(detail, '$.connection_reused'), 0) AS connection_reused,
    start_us,
    coalesce(json_extract(detail, '$.connected_us'), -1) AS connected_us,
    sent_us,
    coalesce(json_extract(detail, '$.first_byte_us'), -1) AS first_byte_us,
    coalesce(json_extract(detail, '$.first_token_us'), -1) AS first_token_us,
    coalesce(json_extract(detail, '$.end_us'), -1) AS end_us,
    coalesce(json_extract(detail, '$.longest_gap_us'), 0) AS longest_gap_us,
    coalesce(json_extract(detail, '$.bytes_sent'), 0) AS bytes_sent,
    coalesce(json_extract(detail, '$.bytes_received'), 0) AS bytes_received,
    coalesce(json_extract(detail, '$.tokens'), '{}') AS tokens,
    coalesce(json_extract(detail, '$.fallback_kind'), '') AS fallback_kind,
    cost_estimated_nano, cost_nano, cost_known FROM attempts;
-- What calls/summary and the zone check add up, by half hours and by one property at a time (`property`, `value`), each per tenant. Holds the
-- calls up to the seq in meta 'calls_folded'; later ones are read from the calls themselves, so a call that comes late is counted.
CREATE TABLE call_sums (
    property TEXT NOT NULL,
    half_hour INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    value TEXT NOT NULL,
    calls INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    priced INTEGER NOT NULL,
    cost_nano INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    PRIMARY KEY (property, half_hour, tenant, value)
) WITHOUT ROWID;
-- Attempts by which something of a request may have left, by the half hour in which their call began.
CREATE TABLE endpoint_sums (
    half_hour INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    provider TEXT NOT NULL,
    region TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (half_hour, tenant, provider, region)
) WITHOUT ROWID;
