-- purpose: The next attempt of a step begins: $1 run, $2 step, $3 position, $4 now. An attempt left open has died.
with known as (
  select run_id from ops.run where run_id = $1 for update
),
died as (
  update ops.step set status = 'failed', ended_at = $4, error = 'The process ended before the step did.'
  where run_id = $1 and step = $2 and status = 'running'
),
started as (
  insert into ops.step (run_id, step, attempt, position, status, started_at)
  select
    run_id, $2, (select coalesce(max(attempt), 0) + 1 from ops.step where run_id = $1 and step = $2), $3, 'running', $4
  from known
  returning attempt
)
select
  attempt,
  pg_notify(
    'assay_events', json_build_object('type', 'step', 'runId', $1::text, 'step', $2::text, 'attempt', attempt)::text
  )
from started
