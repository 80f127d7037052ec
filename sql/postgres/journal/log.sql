-- purpose: A line for people: $1 run, $2 step, $3 now, $4 level, $5 message, $6 context. Listeners get its beginning.
with written as (
  insert into ops.log (run_id, step, at, level, message, context)
  values ($1, $2, $3, $4, $5, $6)
  returning run_id, step, message
)
select pg_notify(
  'assay_events',
  json_build_object('type', 'note', 'runId', run_id, 'step', step, 'message', left(message, 1000))::text
)
from written
