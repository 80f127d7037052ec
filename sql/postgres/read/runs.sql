-- purpose: Runs, newest first: one when named ($1, null: any), at most $2.
-- inputs: ops.run
select run_id, flow, trigger, status, started_at, ended_at, error
from ops.run
where $1::text is null or run_id = $1
order by started_at desc, run_id
limit $2
