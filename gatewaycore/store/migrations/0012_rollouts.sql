-- Canaries of the config (body: api::CanaryStatus as it last stood). ended_ms 0: under way; one that is found so at a start was
-- interrupted, for the engine comes up on the revision in force alone. Times are ms.
CREATE TABLE rollouts (
    id TEXT PRIMARY KEY,
    draft TEXT NOT NULL,
    revision INTEGER NOT NULL,
    base_revision INTEGER NOT NULL,
    phase TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX rollouts_started ON rollouts (started_ms);
