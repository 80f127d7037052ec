-- purpose: Daily quotes of a metal ($1) between two days ($2, $3; null: open) as they were known at an instant ($4),
-- oldest first; changes and anomalies are reckoned as dm.quote_daily and dm.anomaly do, from what was known then.
-- inputs: ods.metal_quote_as_of, ods.fx_rate_as_of
with usd as materialized (
  select effective_date, rate_rub from ods.fx_rate_as_of($4) where currency = 'USD'
),
rated as materialized (
  select
    q.effective_date,
    q.buy_rub_per_gram,
    q.sell_rub_per_gram,
    coalesce(
      f.rate_rub,
      (
        select c.rate_rub
        from usd c
        where c.effective_date < q.effective_date and c.effective_date >= q.effective_date - 14
        order by c.effective_date desc
        limit 1
      )
    ) as usd_rub
  from ods.metal_quote_as_of($4) q
  left join usd f using (effective_date)
  where q.metal = $1
),
followed as (
  select
    r.*,
    lag(buy_rub_per_gram) over by_date as previous_price,
    lag(usd_rub) over by_date as previous_usd,
    max(buy_rub_per_gram) over (by_date rows unbounded preceding) as highest_price,
    coalesce(effective_date - lag(effective_date) over by_date <= 30, false) as follows
  from rated r
  window by_date as (order by effective_date)
),
daily as materialized (
  select
    effective_date,
    buy_rub_per_gram,
    sell_rub_per_gram,
    case when follows then buy_rub_per_gram - previous_price end as change_rub,
    case when follows then 100 * (buy_rub_per_gram::double precision / previous_price - 1) end as change_percent,
    case when follows then ln(buy_rub_per_gram::double precision / previous_price) end as log_return,
    100 * (buy_rub_per_gram::double precision / highest_price - 1) as drawdown_percent,
    usd_rub,
    buy_rub_per_gram::double precision * 31.1035 / usd_rub as implied_usd_per_ounce,
    case when follows then
      ln((buy_rub_per_gram::double precision / usd_rub) / (previous_price::double precision / previous_usd))
    end as metal_contribution,
    case when follows then ln(usd_rub::double precision / previous_usd) end as rouble_contribution
  from followed
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
