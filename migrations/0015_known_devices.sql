-- Of whose account: for attempts from devices that its owner has signed in with, which are counted apart from those of
-- strangers. The subject of the strangers' attempts on the same name.
ALTER TABLE attempts ADD COLUMN account TEXT;
CREATE INDEX attempts_by_account ON attempts (account);
