-- purpose: An attempt ends: $1 run, $2 step, $3 attempt, $4 status, $5 now, $6 rows in, $7 rows out, $8 detail, $9 error.
with changed as (
  update ops.step
  set status = $4, ended_at = $5, rows_in = $6, rows_out = $7, detail = $8, error = $9
  where run_id = $1 and step = $2 and attempt = $3
  returning attempt
)
select
  attempt,
  pg_notify(
    'assay_events', json_build_object('type', 'step', 'runId', $1::text, 'step', $2::text, 'attempt', attempt)::text
  )
from changed
