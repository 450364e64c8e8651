-- proved_at: when the second factor was last proved in this session, at the sign-in, at the end of a lock or before a
-- sensitive act. Milliseconds since 1970, UTC.
ALTER TABLE sessions ADD COLUMN proved_at BIGINT;

-- The queues stand in the account's own row, so that one index answers the list of operators, filters included.
ALTER TABLE operators ADD COLUMN queues TEXT NOT NULL DEFAULT '';
UPDATE operators SET queues = COALESCE(
    (SELECT string_agg(q.queue, ' ') FROM operator_queues q WHERE q.operator_id = operators.id), '');
DROP TABLE operator_queues;

-- version, changed_at, changed_by: an edit that was made from an older version is told who was quicker, and when.
ALTER TABLE operators ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE operators ADD COLUMN changed_at BIGINT;
ALTER TABLE operators ADD COLUMN changed_by TEXT;
ALTER TABLE operators ADD COLUMN last_sign_in BIGINT;

-- The name without case and accents, by which the list is sorted: bytes, which both engines compare alike. search: the
-- name, the user name and the codice fiscale, folded the same way. The program fills both in where they are missing.
ALTER TABLE operators ADD COLUMN name_key BYTEA;
ALTER TABLE operators ADD COLUMN search TEXT;
CREATE INDEX operators_by_name ON operators (name_key, id, role, status, queues, search);

-- One row, which every act on an account takes first: of two that contradict each other the second sees the first.
CREATE TABLE account_acts (one BIGINT PRIMARY KEY, done BIGINT NOT NULL);
INSERT INTO account_acts (one, done) VALUES (1, 0);
