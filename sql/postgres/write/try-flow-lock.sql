-- purpose: Takes the right to run a flow over this warehouse for as long as the connection lives, if nobody has it: over all
--   of it, or, where $1 names a part, over that part beside the holders of other parts.
-- kind: statement
-- grain: one row
-- inputs: none
select
  case
    when $1::text is null then pg_try_advisory_lock(hashtextextended('assay flows', 0))
    when not pg_try_advisory_lock_shared(hashtextextended('assay flows', 0)) then false
    when pg_try_advisory_lock(hashtextextended('assay flows: ' || $1::text, 0)) then true
    -- The part is taken: what was taken for it is given back.
    else not pg_advisory_unlock_shared(hashtextextended('assay flows', 0))
  end as taken
