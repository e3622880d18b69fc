-- Budgets that administrators made through the API; the file's are never copied here.
CREATE TABLE budget_policies (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- One row per policy and subject: what counts belong to, whatever the policy says today.
CREATE TABLE budgets (
    id INTEGER PRIMARY KEY,
    policy TEXT NOT NULL,
    subject TEXT NOT NULL,
    UNIQUE (policy, subject)
);

-- The truth. At every instant spent + held <= limit_nano, save for what a vendor took over a reservation. A call's period
-- is the one in which it was reserved. ends_at is null where a period never ends.
CREATE TABLE budget_periods (
    id INTEGER PRIMARY KEY,
    budget INTEGER NOT NULL,
    per TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER,
    limit_nano INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    held INTEGER NOT NULL,
    UNIQUE (budget, per, starts_at)
);

-- For forgetting the many short periods.
CREATE INDEX budget_periods_by_end ON budget_periods (ends_at);

-- What each process holds of a period; held is the sum of these. charged is what the ledger has booked on this hold, all in
-- all: with it the process knows which of its settled calls are in the database already.
CREATE TABLE budget_holds (
    node TEXT NOT NULL,
    period INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    charged INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (node, period)
) WITHOUT ROWID;

CREATE INDEX budget_holds_by_expiry ON budget_holds (expires_at);
CREATE INDEX budget_holds_by_period ON budget_holds (period);

-- A threshold that was reached, once per period; the threshold in millionths of the limit.
CREATE TABLE budget_alerts (
    id INTEGER PRIMARY KEY,
    period INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    at INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    limit_nano INTEGER NOT NULL,
    UNIQUE (period, threshold)
);
