-- purpose: Gives back the right to run a flow, of all or of a part.
-- kind: statement
-- grain: one row
-- inputs: none
select pg_advisory_unlock_all() as released
