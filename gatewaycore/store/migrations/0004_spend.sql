-- What attempts cost, summed by the quarter of an hour they began in (every time zone's offset today is a whole number of them), so
-- that budgets are rebuilt at a start without reading every call of a year. Holds the calls up to the seq in meta
-- 'spend_folded'; later ones are read from the calls themselves.
CREATE TABLE spend (
    quarter INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    feature TEXT NOT NULL,
    agent TEXT NOT NULL,
    alias TEXT NOT NULL,
    provider TEXT NOT NULL,
    settled_nano INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    PRIMARY KEY (quarter, tenant, feature, agent, alias, provider)
) WITHOUT ROWID;
CREATE INDEX spend_tenant ON spend (tenant, quarter);
