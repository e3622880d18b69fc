-- People. The e-mail is stored in lower case; two spellings of one address are one account. quota_daily_limit is null where the
-- tier decides.
CREATE TABLE users (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    tier TEXT NOT NULL,
    team TEXT NOT NULL,
    quota_daily_limit INTEGER,
    password_hash TEXT,
    email_verified INTEGER NOT NULL,
    disabled_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
);

CREATE INDEX users_by_version ON users (version);

-- Accounts elsewhere that sign in to one here.
CREATE TABLE user_identities (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (provider, subject)
) WITHOUT ROWID;

CREATE INDEX user_identities_by_user ON user_identities (user_id);

-- A session is the family of its refresh tokens: when it ends, all of them and its access tokens end.
CREATE TABLE sessions (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    version INTEGER NOT NULL
);

CREATE INDEX sessions_by_version ON sessions (version);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Used ones are kept for as long as the session: using one again is how a theft shows.
CREATE TABLE refresh_tokens (
    digest BLOB NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL,
    used_at INTEGER
) WITHOUT ROWID;

CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Counts every change of users and sessions. Not the tables' own maximum, which falls when old sessions are deleted.
CREATE TABLE account_version (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
);

INSERT INTO account_version (id, version) VALUES (1, 0);

-- One-time tokens that people are sent: purpose is verify, reset or invite.
CREATE TABLE account_tokens (
    digest BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id TEXT,
    email TEXT,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX account_tokens_by_expiry ON account_tokens (expires_at);

-- Keys that sign access tokens; the private one sealed under "signing_keys|id|1".
CREATE TABLE signing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    private_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Sign-ins elsewhere that have begun. browser is the digest of the cookie; user_id is set where an account is being linked.
CREATE TABLE sign_in_attempts (
    state BLOB NOT NULL PRIMARY KEY,
    provider TEXT NOT NULL,
    browser BLOB NOT NULL,
    verifier TEXT NOT NULL,
    nonce TEXT NOT NULL,
    user_id TEXT,
    redirect_uri TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX sign_in_attempts_by_expiry ON sign_in_attempts (expires_at);

-- A key of a user may be rotated: the text before it holds until previous_until. scopes is null for keys of nobody.
ALTER TABLE api_keys ADD COLUMN user_id TEXT;
ALTER TABLE api_keys ADD COLUMN scopes TEXT;
ALTER TABLE api_keys ADD COLUMN previous_digest BLOB;
ALTER TABLE api_keys ADD COLUMN previous_until INTEGER;

CREATE INDEX api_keys_by_user ON api_keys (user_id);

-- Who changed what. Each row's hash covers the row and the hash before it.
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    status INTEGER NOT NULL,
    before_change TEXT,
    after_change TEXT,
    address TEXT NOT NULL,
    request_id TEXT NOT NULL,
    hash BLOB NOT NULL
);
