-- What summaries of calls add up, in the order of time, so that a sum over a million calls reads this index and not the calls,
-- whose rows are long. It is written at its end, as calls come.
CREATE INDEX calls_summary ON calls (started_ms, outcome, tenant, alias, served_by, feature, credential, error_code, cost_nano,
    tokens_in, tokens_out);
