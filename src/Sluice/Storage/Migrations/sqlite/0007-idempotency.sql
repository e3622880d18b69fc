-- What became of calls with an Idempotency-Key, for a day. The row is there before anything goes to a vendor: one that is still in
-- flight (state 1) after a crash tells that the outcome is unknown. State 2 has the answer, sealed under "idempotency_keys|id|1";
-- state 3 has none, because it was too large or not whole. An id is never given again, for it is part of the seal.
CREATE TABLE idempotency_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    state INTEGER NOT NULL,
    answer BLOB,
    expires_at INTEGER NOT NULL,
    UNIQUE (key_id, idempotency_key)
);

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
