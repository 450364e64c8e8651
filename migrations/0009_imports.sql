-- Files of accounts that a supervisor has sent: state is checked, running, failed or done. content is sealed under the
-- server's secret: the file until it is applied, then the activation links until they are saved, an hour at most.
CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    started_at BIGINT,
    lines BIGINT NOT NULL,
    done BIGINT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX imports_by_age ON imports (created_at);
