-- purpose: A run ends: $1 run, $2 status, $3 error, $4 now. Steps its processes left open end with it.
with changed as (
  update ops.run set status = $2, error = $3, ended_at = $4 where run_id = $1
  returning run_id
),
left_open as (
  update ops.step set status = 'failed', ended_at = $4, error = 'The run ended before the step did.'
  where run_id = $1 and status = 'running'
)
select pg_notify('assay_events', json_build_object('type', 'run', 'runId', run_id)::text) from changed
