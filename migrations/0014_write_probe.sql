-- One row that /readyz changes: whether the database takes what is written is known by writing. It means nothing.
CREATE TABLE write_probe (one BIGINT PRIMARY KEY, tries BIGINT NOT NULL);
INSERT INTO write_probe (one, tries) VALUES (1, 0);
