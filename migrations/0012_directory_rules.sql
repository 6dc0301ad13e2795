-- What reading the audit log by person, and ending a status in time, look rows up by.

CREATE INDEX audit_logs_actor_id ON audit_logs (actor_id, created_at);
CREATE INDEX users_status_expires_at ON users (status_expires_at) WHERE status_expires_at IS NOT NULL;
