-- What the pool needs of a credential beside its secret. tags is a JSON list; the key file of a service account is sealed
-- with the secret.
ALTER TABLE credentials ADD COLUMN image_concurrency INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN video_concurrency INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';

-- What was learnt of credentials, the file's too, so that a restart does not ask again. mark tells the secret that it was
-- learnt of from a later one under the same name. Times are microseconds since 1970, 0 for none, the largest for no end.
CREATE TABLE credential_states (
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    mark BLOB NOT NULL,
    held TEXT NOT NULL,
    held_reason TEXT,
    held_until INTEGER NOT NULL,
    probe_at INTEGER NOT NULL,
    limited_until INTEGER NOT NULL,
    limited_reason TEXT,
    cooling_until INTEGER NOT NULL,
    cooling_for_rate INTEGER NOT NULL,
    consecutive_errors INTEGER NOT NULL,
    rejections INTEGER NOT NULL,
    relapses INTEGER NOT NULL,
    last_error TEXT,
    told TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (provider, name)
) WITHOUT ROWID;
