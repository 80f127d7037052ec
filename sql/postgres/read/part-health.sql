-- purpose: What the database itself knows of two parts: the last try to reach the source, and whether a worker is connected.
-- kind: query
-- grain: one row
-- inputs: ops.step, pg_stat_activity
select
  (
    select json_build_object('status', s.status, 'at', s.started_at, 'error', s.error)
    from ops.step s
    where s.step = 'extract'
    order by s.started_at desc
    limit 1
  ) as last_extract,
  (select count(*)::int from pg_stat_activity where application_name = 'assay worker') as workers
