-- Addresses are compared as they stand by whatever signs people in; imports used to keep capitals.
-- Nothing can clash: users_lower_email has seen to that since the first migration.

UPDATE users SET email = lower(email) WHERE email <> lower(email);
