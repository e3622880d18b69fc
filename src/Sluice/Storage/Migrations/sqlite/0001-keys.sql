-- Small facts about the database itself, such as the check value of the master key.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- Times are microseconds since the Unix epoch.
CREATE TABLE api_keys (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    models TEXT NOT NULL,
    rpm INTEGER,
    tpm INTEGER,
    concurrency INTEGER,
    budget_nano_usd INTEGER,
    budget_per TEXT,
    administrator INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER,
    version INTEGER NOT NULL
);

-- A process that has seen version N reads what came after it.
CREATE INDEX api_keys_by_version ON api_keys (version);
CREATE INDEX api_keys_by_name ON api_keys (name);

CREATE TABLE setup_tokens (
    digest BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) WITHOUT ROWID;
