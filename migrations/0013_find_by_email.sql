-- People are looked up by `lower(email) = ?`, for which SQLite takes no index that leaves out nulls
-- by a condition of its own. Nulls are all different to a unique index, so it needs none.

DROP INDEX users_lower_email;
CREATE UNIQUE INDEX users_lower_email ON users (lower(email));
