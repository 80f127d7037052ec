-- purpose: Gives back the right to run flows.
-- kind: statement
-- grain: one row
-- inputs: none
select pg_advisory_unlock(hashtextextended('assay flows', 0)) as released
