-- table: dm.anomaly
-- purpose: Returns far outside the usual: |robust z| > 6 against the 250 returns before their month.
-- grain: metal, effective_date
-- kind: full (a sparse table of few rows; $1 and $2 only bound the rows counted as read)
-- inputs: dm.quote_daily
--
-- z = (r - median) / (1.4826 x MAD), Iglewicz & Hoaglin (1993). The baseline is fixed for a month and holds only
-- returns of earlier months (at least 60), so a return is never judged by itself nor by what came after.
with returns as (
  select
    metal,
    effective_date,
    log_return,
    date_trunc('month', effective_date)::date as month,
    row_number() over (partition by metal order by effective_date) as n
  from dm.quote_daily
  where log_return is not null
),
months as (
  select metal, month, min(n) as first_n from returns group by metal, month
),
series as materialized (
  select metal, array_agg(log_return order by n) as log_returns from returns group by metal
),
spread as materialized (
  select m.metal, m.month, c.median, d.mad
  from months m
  join series s using (metal)
  cross join lateral (select s.log_returns[greatest(1, m.first_n - 250) : m.first_n - 1] as baseline) as b
  cross join lateral (select percentile_cont(0.5) within group (order by r) as median from unnest(baseline) as r) as c
  cross join lateral (
    select percentile_cont(0.5) within group (order by abs(r - c.median)) as mad from unnest(baseline) as r
  ) as d
  where m.first_n > 60
),
target as (
  select
    r.metal,
    r.effective_date,
    r.log_return,
    s.median as baseline_median,
    s.mad as baseline_mad,
    (r.log_return - s.median) / (1.4826 * s.mad) as robust_z
  from returns r
  join spread s using (metal, month)
  where s.mad > 0 and abs(r.log_return - s.median) > 6 * 1.4826 * s.mad
),
changed as (
  select t.*, e.metal is not null as existed
  from target t
  left join dm.anomaly e using (metal, effective_date)
  where e.metal is null
    or (t.log_return, t.baseline_median, t.baseline_mad, t.robust_z)
      is distinct from (e.log_return, e.baseline_median, e.baseline_mad, e.robust_z)
),
gone as (
  delete from dm.anomaly e
  where not exists (select 1 from target t where t.metal = e.metal and t.effective_date = e.effective_date)
  returning 1
),
written as (
  insert into dm.anomaly (metal, effective_date, log_return, baseline_median, baseline_mad, robust_z)
  select metal, effective_date, log_return, baseline_median, baseline_mad, robust_z from changed
  on conflict (metal, effective_date) do update set
    log_return = excluded.log_return,
    baseline_median = excluded.baseline_median,
    baseline_mad = excluded.baseline_mad,
    robust_z = excluded.robust_z
  returning 1
)
select
  (
    select count(*) from returns
    where ($1::date is null or effective_date >= $1) and ($2::date is null or effective_date <= $2)
  ) as read,
  (select count(*) from changed where not existed) as inserted,
  (select count(*) from changed where existed) as updated,
  (select count(*) from gone) as deleted
