-- purpose: The latest attempt of each step of the runs ($1), in order; of one step when named ($2, null: all).
-- inputs: ops.step
select run_id, step, position, attempt, status, started_at, ended_at, rows_in, rows_out, error
from (
  select distinct on (run_id, step) *
  from ops.step
  where run_id = any ($1::text[]) and ($2::text is null or step = $2)
  order by run_id, step, attempt desc
) as latest
order by run_id, position, started_at
