-- Accounts that look like Google service accounts to Google's own libraries, and are callers of Sluice. Times are microseconds
-- since the Unix epoch. A deleted account keeps its row, so that other processes see the end of it.
CREATE TABLE virtual_service_accounts (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    models TEXT NOT NULL,
    rpm INTEGER,
    tpm INTEGER,
    concurrency INTEGER,
    budget_nano_usd INTEGER,
    budget_per TEXT,
    credentials TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    disabled_at INTEGER,
    deleted_at INTEGER,
    version INTEGER NOT NULL
);

CREATE INDEX virtual_service_accounts_by_version ON virtual_service_accounts (version);

-- What an account proves itself with: public keys, whose private halves are kept nowhere, and the digests of client secrets.
CREATE TABLE virtual_service_account_keys (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    number INTEGER NOT NULL,
    is_secret INTEGER NOT NULL,
    material BLOB NOT NULL,
    certificate BLOB,
    token_uri TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at INTEGER,
    UNIQUE (account, number)
);

-- Assertions with a jti that have been used, until they end: each is good for one token.
CREATE TABLE google_assertions (
    digest BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX google_assertions_by_end ON google_assertions (expires_at);

CREATE TABLE google_authorization_codes (
    digest BLOB NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

-- What identity tokens are signed with; the private key is sealed under the master key.
CREATE TABLE google_signing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL,
    certificate BLOB NOT NULL,
    created_at INTEGER NOT NULL
);
