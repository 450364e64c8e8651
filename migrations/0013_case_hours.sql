-- What is counted of the cases opened in an hour by an operator, so that "Andamento" need not count each case again:
-- added up once a case has been closed for a day, made anew without the cases that are deleted. hour: hours since 1970.
-- times: how many seconds each case took that was closed, a space before each.
CREATE TABLE case_hours (
    hour BIGINT NOT NULL,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    opened BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    verified BIGINT NOT NULL,
    unlocked BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    deferred BIGINT NOT NULL,
    times TEXT NOT NULL,
    PRIMARY KEY (hour, operator_id)
);

-- Whether a case is in case_hours: 1, else 0.
ALTER TABLE cases ADD COLUMN summed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_not_summed ON cases (opened_at) WHERE summed = 0;

-- One row, which is taken before cases are added up or deleted: of two instances one waits.
CREATE TABLE case_sums (one BIGINT PRIMARY KEY, done BIGINT NOT NULL);
INSERT INTO case_sums (one, done) VALUES (1, 0);
