-- purpose: Record a migration that is about to run.
insert into ops.migration (version, name, sha256) values ($1, $2, $3)
