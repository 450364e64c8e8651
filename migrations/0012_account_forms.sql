-- Forms by which something was done to an account, by their one-time keys: one that is sent again does nothing more.
-- Instants are milliseconds since 1970, UTC; a day later a form is forgotten.
CREATE TABLE account_forms (
    form TEXT NOT NULL,
    action TEXT NOT NULL,
    username TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (form, action, username)
);
CREATE INDEX account_forms_by_age ON account_forms (sent_at);
