-- Who called what through which credential: the texts of a record, written once per combination.
CREATE TABLE usage_series (
    id INTEGER PRIMARY KEY,
    key_id TEXT NOT NULL,
    key_name TEXT NOT NULL,
    user TEXT NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    upstream_model TEXT NOT NULL,
    credential TEXT NOT NULL,
    operation TEXT NOT NULL,
    UNIQUE (key_name, model, provider, credential, user, key_id, upstream_model, operation)
);

-- One row per call, in the order in which calls ended. No secondary index: usage_hours says which range of ids an hour
-- of a series lies in, so a search by key, model or time reads only those ranges, and a row costs one append.
CREATE TABLE usage_records (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    http_status INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost INTEGER,
    latency INTEGER NOT NULL,
    first_token INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    client_request_id TEXT
);

-- Roll-ups, kept in the transaction of the records. A bucket is the Unix time at which it begins, in minutes, hours, days.
CREATE TABLE usage_minutes (
    bucket INTEGER NOT NULL,
    series INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    latency INTEGER NOT NULL,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    PRIMARY KEY (bucket, series)
) WITHOUT ROWID;

CREATE TABLE usage_hours (
    bucket INTEGER NOT NULL,
    series INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    latency INTEGER NOT NULL,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    PRIMARY KEY (bucket, series)
) WITHOUT ROWID;

-- Finds the hours of a rare key without reading everybody's.
CREATE INDEX usage_hours_by_series ON usage_hours (series, bucket);

CREATE TABLE usage_days (
    bucket INTEGER NOT NULL,
    series INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    latency INTEGER NOT NULL,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    PRIMARY KEY (bucket, series)
) WITHOUT ROWID;
