-- "Andamento" asks for the cases of a period by when they were opened.
CREATE INDEX cases_by_opening ON cases (opened_at);

-- Calls of Sistema TS by the minute, of all instances together, for the live board: numbers alone, nothing of a call.
-- minute: its beginning, milliseconds since 1970; up_to: how many milliseconds the calls took at most. Kept for a day.
CREATE TABLE upstream_minutes (
    minute BIGINT NOT NULL,
    service TEXT NOT NULL,
    class TEXT NOT NULL,
    up_to BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (minute, service, class, up_to)
);
