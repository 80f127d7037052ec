-- table: dm.working_calendar
-- purpose: Replace the working calendar: $1 dates, $2 quote dates, $3 provisional, $4 reasons; only differences are written.
-- grain: calendar_date
-- kind: full
-- inputs: calendar facts of the package
with target as (
  select calendar_date, is_quote_date, is_provisional, reason
  from unnest($1::date[], $2::boolean[], $3::boolean[], $4::text[])
    as u (calendar_date, is_quote_date, is_provisional, reason)
),
changed as (
  select t.*, e.calendar_date is not null as existed
  from target t
  left join dm.working_calendar e using (calendar_date)
  where e.calendar_date is null
    or (t.is_quote_date, t.is_provisional, t.reason) is distinct from (e.is_quote_date, e.is_provisional, e.reason)
),
gone as (
  delete from dm.working_calendar e
  where not exists (select 1 from target t where t.calendar_date = e.calendar_date)
  returning 1
),
written as (
  insert into dm.working_calendar (calendar_date, is_quote_date, is_provisional, reason)
  select calendar_date, is_quote_date, is_provisional, reason from changed
  on conflict (calendar_date) do update set
    is_quote_date = excluded.is_quote_date,
    is_provisional = excluded.is_provisional,
    reason = excluded.reason
  returning 1
)
select
  (select count(*) from target) as read,
  (select count(*) from changed where not existed) as inserted,
  (select count(*) from changed where existed) as updated,
  (select count(*) from gone) as deleted
