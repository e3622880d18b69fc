-- Prices of public catalogues, imported by the operator. A price holds from its day until the next one of the same source,
-- vendor and model; old ones stay, because usage records name the price that they were charged by.
CREATE TABLE prices (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    price TEXT NOT NULL,
    context_tokens INTEGER,
    max_output_tokens INTEGER,
    UNIQUE (source, provider, model, effective_from)
);
