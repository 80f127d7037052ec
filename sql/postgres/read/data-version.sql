-- purpose: What changes whenever data may have changed, and the instant of the newest change. Data is changed by the
-- steps of runs and by decisions about held values; older runs than the newest 20 change nothing any more.
-- kind: query
-- grain: one row
-- inputs: ops.run, ops.step, ods.hold_decision
with newest as (
  select run_id, status, started_at, ended_at
  from ops.run
  order by started_at desc
  limit 20
),
steps as (
  select s.run_id, s.step, s.attempt, s.status, s.started_at, s.ended_at
  from ops.step s
  join newest using (run_id)
),
decided as (
  select decision_id, decided_at
  from ods.hold_decision
  order by decision_id desc
  limit 1
)
select
  md5(concat_ws(
    '|',
    (select string_agg(concat_ws(',', run_id, status, ended_at), ';' order by run_id) from newest),
    (select string_agg(concat_ws(',', run_id, step, attempt, status), ';' order by run_id, step, attempt) from steps),
    (select decision_id from decided)
  )) as version,
  greatest(
    (select max(greatest(started_at, ended_at)) from newest),
    (select max(greatest(started_at, ended_at)) from steps),
    (select decided_at from decided)
  ) as changed_at
