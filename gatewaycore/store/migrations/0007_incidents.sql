-- Incidents with providers, as observability/incidents describes them (body: api::Incident without what people said). What people
-- said has columns and a table of its own, so that saving the one never touches the other. Times are ms; closed_ms 0: open.
CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    closed_ms INTEGER NOT NULL,
    last_reason TEXT NOT NULL,
    body TEXT NOT NULL,
    owner TEXT NOT NULL DEFAULT '',
    acknowledged_ms INTEGER NOT NULL DEFAULT 0,
    acknowledged_by TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX incidents_opened ON incidents (opened_ms);
CREATE TABLE incident_notes (
    incident TEXT NOT NULL REFERENCES incidents (id),
    number INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (incident, number)
) WITHOUT ROWID;
