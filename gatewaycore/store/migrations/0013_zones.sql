-- What each revision of the config said of zones, so that an attempt is judged by what was true for it (zone_history.h). Written once per
-- revision, in the transaction that puts it in force. `contents` counts the contents that came under one number: more than one, and nobody
-- can say which of them a call was routed by. Lists are JSON arrays; days are ISO dates, '' where there is none; times are ms.
CREATE TABLE zone_revisions (
    revision INTEGER PRIMARY KEY,
    content_hash TEXT NOT NULL,
    written_ms INTEGER NOT NULL,
    contents INTEGER NOT NULL
);
CREATE TABLE revision_zones (
    revision INTEGER NOT NULL,
    name TEXT NOT NULL,
    regions TEXT NOT NULL,
    retention TEXT NOT NULL,
    PRIMARY KEY (revision, name)
) WITHOUT ROWID;
CREATE TABLE revision_tenants (
    revision INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    zone TEXT NOT NULL,
    contract_reference TEXT NOT NULL,
    contract_zone TEXT NOT NULL,
    contract_dated TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    effective_until TEXT NOT NULL,
    approvers TEXT NOT NULL,
    PRIMARY KEY (revision, tenant)
) WITHOUT ROWID;
CREATE TABLE revision_endpoints (
    revision INTEGER NOT NULL,
    provider TEXT NOT NULL,
    region TEXT NOT NULL,
    retention TEXT NOT NULL,
    PRIMARY KEY (revision, provider)
) WITHOUT ROWID;
CREATE TABLE revision_in_force (
    number INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    brought_by TEXT NOT NULL
);
-- Every kept run of the zero-rows check; `body` is the whole of it (api::StandingCheck).
CREATE TABLE zone_checks (
    number INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    cause TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    tenant TEXT NOT NULL,
    revision INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    sentence TEXT NOT NULL,
    scanned INTEGER NOT NULL,
    outside INTEGER NOT NULL,
    coverage INTEGER NOT NULL,
    incident TEXT NOT NULL,
    body TEXT NOT NULL
);
-- Sign-offs of quarterly audits (body: api::ZoneAudit) and exceptions that somebody answers for until a day.
CREATE TABLE zone_audits (
    quarter TEXT PRIMARY KEY,
    signed_ms INTEGER NOT NULL,
    signed_by TEXT NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE zone_exceptions (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    text TEXT NOT NULL,
    made_by TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) WITHOUT ROWID;
