-- Answers of the Responses API that later calls go on from, by the key that made them. Where the vendor keeps the answer, provider
-- and credential tell where (state 1); else content has input and answer, sealed under "stored_responses|key_id|id|1" (state 2).
-- State 3 is an answer that is still being worked on: after a start it is one that a stop has interrupted.
CREATE TABLE stored_responses (
    key_id TEXT NOT NULL,
    id TEXT NOT NULL,
    state INTEGER NOT NULL,
    model TEXT NOT NULL,
    previous_id TEXT,
    provider TEXT,
    credential TEXT,
    content BLOB,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (key_id, id)
);

CREATE INDEX stored_responses_by_id ON stored_responses (id);
CREATE INDEX stored_responses_by_expiry ON stored_responses (expires_at);
CREATE INDEX stored_responses_by_key ON stored_responses (key_id, created_at, bytes);
