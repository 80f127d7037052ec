-- purpose: Takes the right to run flows over this warehouse for as long as the connection lives, if nobody has it.
-- kind: statement
-- grain: one row
-- inputs: none
select pg_try_advisory_lock(hashtextextended('assay flows', 0)) as taken
