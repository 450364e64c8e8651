-- Accounts, their secrets and their sessions. Instants are milliseconds since 1970, UTC.
-- Nothing here lets anybody in: passwords are argon2id under a pepper, TOTP secrets are sealed under the server's
-- secret, links, recovery codes and session ids are hashes.
CREATE TABLE operators (
    id TEXT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    fiscal_code TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    password_hash TEXT,
    totp_secret TEXT,
    totp_last_step BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE operator_queues (
    operator_id TEXT NOT NULL REFERENCES operators (id),
    queue TEXT NOT NULL,
    PRIMARY KEY (operator_id, queue)
);

-- Links by which an account's owner sets the password: 24 hours, one use.
CREATE TABLE activations (
    token_hash TEXT PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX activations_by_operator ON activations (operator_id);

CREATE TABLE recovery_codes (
    operator_id TEXT NOT NULL REFERENCES operators (id),
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (operator_id, code_hash)
);

-- Wrong attempts in a row. subject is a keyed hash of what is attacked, so that a name nobody has locks like any other.
CREATE TABLE attempts (
    subject TEXT PRIMARY KEY,
    wrong BIGINT NOT NULL,
    locked_until BIGINT,
    last_at BIGINT NOT NULL
);
CREATE INDEX attempts_by_age ON attempts (last_at);

-- stage: password (the first factor alone) or full. replaced_hash is the id that the last renewal put out of use.
CREATE TABLE sessions (
    id_hash TEXT PRIMARY KEY,
    replaced_hash TEXT,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    stage TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    renewed_at BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    ended_at BIGINT,
    ended_because TEXT
);
CREATE UNIQUE INDEX sessions_one_live ON sessions (operator_id) WHERE stage = 'full' AND ended_at IS NULL;
CREATE INDEX sessions_by_replaced ON sessions (replaced_hash);
CREATE INDEX sessions_by_age ON sessions (started_at);
