-- purpose: Daily quotes of a metal ($1) between two days ($2, $3; null: open) as they were known at an instant ($4),
-- oldest first; changes and anomalies are reckoned as dm.quote_daily and dm.anomaly do, from what was known then.
-- inputs: dm.quote_daily_as_of
with daily as materialized (
  select * from dm.quote_daily_as_of($1, $4)
),
returns as (
  select
    effective_date,
    log_return,
    date_trunc('month', effective_date)::date as month,
    row_number() over (order by effective_date) as n
  from daily
  where log_return is not null
),
series as materialized (
  select array_agg(log_return order by n) as log_returns from returns
),
spread as materialized (
  select m.month, c.median, d.mad
  from (select month, min(n) as first_n from returns group by month) as m
  cross join series s
  cross join lateral (select s.log_returns[greatest(1, m.first_n - 250) : m.first_n - 1] as baseline) as b
  cross join lateral (select percentile_cont(0.5) within group (order by r) as median from unnest(baseline) as r) as c
  cross join lateral (
    select percentile_cont(0.5) within group (order by abs(r - c.median)) as mad from unnest(baseline) as r
  ) as d
  where m.first_n > 60
),
anomalies as (
  select r.effective_date
  from returns r
  join spread s using (month)
  where s.mad > 0 and abs(r.log_return - s.median) > 6 * 1.4826 * s.mad
)
select
  d.effective_date, d.buy_rub_per_gram, d.sell_rub_per_gram, d.change_rub, d.change_percent, d.log_return,
  d.drawdown_percent, d.usd_rub, d.implied_usd_per_ounce, d.metal_contribution, d.rouble_contribution,
  a.effective_date is not null as is_anomaly
from daily d
left join anomalies a using (effective_date)
where ($2::date is null or d.effective_date >= $2) and ($3::date is null or d.effective_date <= $3)
order by d.effective_date
