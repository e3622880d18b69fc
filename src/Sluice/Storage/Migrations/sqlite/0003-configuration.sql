-- What administrators make through the API; the file's entries are never copied here.
CREATE TABLE providers (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    base_url TEXT NOT NULL,
    location TEXT NOT NULL,
    dialects TEXT NOT NULL,
    timeouts TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- A credential belongs to a provider by name, because that provider may be the file's. The secret and the proxy's URL,
-- which may hold a password, are sealed together under "credentials|id|version".
CREATE TABLE credentials (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    secret BLOB NOT NULL,
    version INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    max_concurrency INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (provider, name)
);

-- States set by hand, of the file's credentials too: absent means enabled.
CREATE TABLE credential_switches (
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (provider, name)
) WITHOUT ROWID;

CREATE TABLE models (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    strategy TEXT NOT NULL,
    targets TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
