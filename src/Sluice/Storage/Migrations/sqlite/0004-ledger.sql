-- The price joins the texts that records share: an hour of a series is then charged by one price.
CREATE TABLE usage_series_with_price (
    id INTEGER PRIMARY KEY,
    key_id TEXT NOT NULL,
    key_name TEXT NOT NULL,
    user TEXT NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    upstream_model TEXT NOT NULL,
    credential TEXT NOT NULL,
    operation TEXT NOT NULL,
    price_id TEXT NOT NULL,
    UNIQUE (key_name, model, provider, credential, user, key_id, upstream_model, operation, price_id)
);

INSERT INTO usage_series_with_price (id, key_id, key_name, user, model, provider, upstream_model, credential, operation, price_id)
SELECT id, key_id, key_name, user, model, provider, upstream_model, credential, operation, '' FROM usage_series;

DROP TABLE usage_series;
ALTER TABLE usage_series_with_price RENAME TO usage_series;

-- From here on the id of a record is its sequence number in the journal, so that writing it twice is writing it once.
-- 1 when the upstream reported more than was reserved.
ALTER TABLE usage_records ADD COLUMN overrun INTEGER NOT NULL DEFAULT 0;

-- Finds a record by its request. Request ids are random, and an index over all of them touches a page per row. This one is
-- random only within some thousand neighbours: a row costs little more than an append, and a search asks each block in turn.
CREATE INDEX usage_records_by_request ON usage_records (id >> 13, substr(request_id, -6));

-- Traces of calls that had more than one way to go; beside the records, so that these stay narrow.
CREATE TABLE usage_details (
    id INTEGER PRIMARY KEY,
    detail BLOB NOT NULL
);

-- Records that correct another one; id is the correcting record's, whose cost is the difference.
CREATE TABLE usage_corrections (
    id INTEGER PRIMARY KEY,
    corrects INTEGER NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL
);

CREATE INDEX usage_corrections_by_record ON usage_corrections (corrects);

-- What records cost the budgets that their calls were under.
CREATE TABLE usage_charges (
    record_id INTEGER NOT NULL,
    period_id INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    PRIMARY KEY (record_id, period_id)
) WITHOUT ROWID;

-- Every outcome of the journal up to this sequence number is in the database.
CREATE TABLE usage_watermark (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL
);
