-- What is kept of the requests at the desks of the queues other than the call center's (seed 003, 2.5 and 5.2; of
-- seed 000 the same): who, when, which operation, how it ended, the transaction. submission is the form's one-time key,
-- so that a second submission finds the first; instants are milliseconds since 1970, UTC.
CREATE TABLE requests (
    submission TEXT PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    service TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT,
    transaction_id TEXT,
    -- The order of an operator's requests of a service, whatever the clock does.
    place BIGINT NOT NULL
);
CREATE INDEX requests_by_operator ON requests (operator_id, service, place);
CREATE INDEX requests_by_time ON requests (started_at, submission);
