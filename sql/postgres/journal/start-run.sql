-- purpose: A run begins, or goes on after its process died: $1 run, $2 flow, $3 trigger, $4 parameters, $5 now.
with changed as (
  insert into ops.run (run_id, flow, trigger, parameters, status, started_at)
  values ($1, $2, $3, $4, 'running', $5)
  on conflict (run_id) do update set status = 'running', ended_at = null, error = null
  returning run_id
)
select pg_notify('assay_events', json_build_object('type', 'run', 'runId', run_id)::text) from changed
