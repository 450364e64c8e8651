-- An activation takes three steps, and what was done stays done: the hash of the password that was chosen, the step of
-- the PIN that was proved. used_at: from then on the link says only that the account is active.
ALTER TABLE activations ADD COLUMN password_hash TEXT;
ALTER TABLE activations ADD COLUMN totp_step BIGINT;
ALTER TABLE activations ADD COLUMN used_at BIGINT;
