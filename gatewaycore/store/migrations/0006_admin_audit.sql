-- The audit log of the admin API, and with it the memory of operations (Idempotency-Keys). Rows are added and ended, never
-- deleted, so `sequence` has no gaps over all runs. Times are ms; JSON is redacted before it comes here.
--   state: '' an entry that is no change; intent (begun) marked (its effect is durable: written with it) applied not_applied
--          failed (it did not happen; the key may be used again) unknown void (given up before it was seen)
--   marks: the effect marks itself, so that an intent without a mark did not happen
--   holds_key: this row answers for principal and operation
CREATE TABLE admin_audit (
    sequence INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    principal TEXT NOT NULL,
    role TEXT NOT NULL,
    came_by TEXT NOT NULL,
    client TEXT NOT NULL,
    peer TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    reason TEXT NOT NULL,
    operation TEXT NOT NULL,
    revision INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER NOT NULL,
    message TEXT NOT NULL,
    asked TEXT NOT NULL,
    state_before TEXT NOT NULL,
    state_after TEXT NOT NULL,
    state TEXT NOT NULL,
    marks INTEGER NOT NULL,
    holds_key INTEGER NOT NULL,
    digest BLOB,
    reply_status INTEGER NOT NULL,
    reply TEXT
);
CREATE UNIQUE INDEX admin_audit_key ON admin_audit (principal, operation) WHERE holds_key = 1;
CREATE INDEX admin_audit_open ON admin_audit (sequence) WHERE state IN ('intent', 'marked');
CREATE INDEX admin_audit_reply ON admin_audit (ended_ms) WHERE reply IS NOT NULL;
CREATE INDEX admin_audit_time ON admin_audit (at_ms);
CREATE INDEX admin_audit_principal ON admin_audit (principal, sequence);
CREATE INDEX admin_audit_object ON admin_audit (object, sequence);
