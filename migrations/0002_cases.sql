-- What seed 003, 4.2 lets the call center keep of a call, and nothing else: cases and transactions.
-- opened_at and closed_at are whole seconds, in milliseconds since 1970, UTC.
CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    call_id TEXT,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE UNIQUE INDEX cases_one_open ON cases (operator_id) WHERE closed_at IS NULL;
CREATE INDEX cases_by_operator ON cases (operator_id, id);
CREATE INDEX cases_by_call ON cases (operator_id, call_id, id);

CREATE TABLE transactions (
    case_id TEXT NOT NULL REFERENCES cases (id),
    service TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (case_id, place)
);

-- The work in progress of an open case, gone when it is closed: one row a request to a service, the intent first,
-- how it ended after. submission is the form's one-time key, so that a second submission finds the first.
CREATE TABLE steps (
    submission TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    service TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT,
    transaction_id TEXT,
    -- The order of the requests, whatever the clock does.
    place BIGINT NOT NULL
);
CREATE INDEX steps_by_case ON steps (case_id, place);
