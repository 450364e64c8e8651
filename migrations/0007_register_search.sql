-- Finding entries by one or two of what they are asked for by, the newest first, without looking at any that another
-- filter turns away: every pair that people ask for has an index whose next column is the place. Who asks for no action
-- or no outcome gets the newest of each, which are few words (storage/registers/find.rs).
DROP INDEX register_entries_by_actor;
DROP INDEX register_entries_by_action;
DROP INDEX register_entries_by_outcome;
DROP INDEX register_entries_by_ip;
DROP INDEX register_entries_by_target;
CREATE INDEX register_entries_by_action ON register_entries (register, action, outcome, seq);
CREATE INDEX register_entries_by_actor ON register_entries (register, actor, action, outcome, seq);
CREATE INDEX register_entries_by_ip ON register_entries (register, ip, action, outcome, seq);
CREATE INDEX register_entries_by_actor_and_ip ON register_entries (register, actor, ip, seq);
-- Accesses are on nothing.
CREATE INDEX register_entries_by_target ON register_entries (register, target, action, outcome, seq) WHERE target <> '';
CREATE INDEX register_entries_by_actor_and_target ON register_entries (register, actor, target, seq) WHERE target <> '';
CREATE INDEX register_entries_by_ip_and_target ON register_entries (register, ip, target, seq) WHERE target <> '';

-- Since when a session is known to have locked itself: the register of accesses has it once.
ALTER TABLE sessions ADD COLUMN locked_at BIGINT;

-- A case by one of its transactions, and those that have been kept long enough.
CREATE INDEX transactions_by_id ON transactions (transaction_id);
CREATE INDEX cases_by_closing ON cases (closed_at);
