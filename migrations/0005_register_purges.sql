-- Signed statements that the entries of a register up to one of them were purged: the chain goes on from its hash.
CREATE TABLE register_purges (
    register TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    hash TEXT NOT NULL,
    purged_at BIGINT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (register, seq)
);
CREATE INDEX register_checkpoints_by_instant ON register_checkpoints (register, at, seq);
