-- The registers of accesses and of administration (seed 003, 4.3.8, 6.8): rows are only ever added, and purged in whole
-- sealed segments. Each entry's hash covers the one before it and every column of its own; seal is an HMAC of the hash.
-- Instants are milliseconds since 1970, UTC, and never go back within a register.
CREATE TABLE register_entries (
    register TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    ip TEXT NOT NULL,
    target TEXT NOT NULL,
    details TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (register, seq)
);
CREATE INDEX register_entries_by_instant ON register_entries (register, at, seq);
-- Beside the place, what else may be asked for: rows that another filter turns away are not looked up.
CREATE INDEX register_entries_by_actor ON register_entries (register, actor, seq, action, outcome);
CREATE INDEX register_entries_by_action ON register_entries (register, action, seq, outcome);
CREATE INDEX register_entries_by_outcome ON register_entries (register, outcome, seq);
CREATE INDEX register_entries_by_ip ON register_entries (register, ip, seq, actor, action, outcome);
CREATE INDEX register_entries_by_target ON register_entries (register, target, seq);

-- The last entry of each register. Its row is what two writers wait for, so that a chain has no gap and no fork.
CREATE TABLE register_heads (
    register TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO register_heads (register, seq, at, hash) VALUES ('access', 0, 0, '');
INSERT INTO register_heads (register, seq, at, hash) VALUES ('admin', 0, 0, '');

-- Signed statements that an entry was there with this hash: who takes entries off the end of a chain contradicts them.
CREATE TABLE register_checkpoints (
    register TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    hash TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (register, seq)
);
