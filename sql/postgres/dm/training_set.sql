-- table: dm.training_set
-- purpose: Features known at each origin and the return that followed; values as first accepted, never as corrected later.
-- grain: metal, origin_date
-- kind: incremental by date ($1 from, $2 to; null: everything)
-- inputs: ods.metal_quote_accepted, ods.fx_rate_accepted, dm.working_calendar
--
-- known_at is the latest instant at which any of the 21 prices of the row became public: it may be used from then on.
-- The latest of a run of instants is its last one or one that is followed by an earlier one; those, the late ones, are
-- few.
-- The target is the next quote date of the calendar, which is known in advance; its return is missing until that date
-- has a price. Returns across a gap of more than 30 days are missing, and with them every figure that needs them.
with first_price as (
  select distinct on (metal, effective_date) metal, effective_date, buy_rub_per_gram, known_at, simulated
  from ods.metal_quote_accepted
  order by metal, effective_date, revision
),
first_rate as (
  select distinct on (effective_date) effective_date, rate_rub, known_at
  from ods.fx_rate_accepted
  where currency = 'USD'
  order by effective_date, revision
),
prices as (
  select
    p.metal,
    p.effective_date,
    p.buy_rub_per_gram as price,
    p.simulated,
    greatest(p.known_at, r.known_at) as known_at,
    row_number() over by_date as n,
    case
      when p.effective_date - lag(p.effective_date) over by_date <= 30
        then ln(p.buy_rub_per_gram::double precision / lag(p.buy_rub_per_gram) over by_date)
    end as log_return,
    case
      when p.effective_date - lag(p.effective_date) over by_date <= 30
        then ln(r.rate_rub::double precision / lag(r.rate_rub) over by_date)
    end as usd_log_return,
    lead(p.effective_date) over by_date as next_date,
    ln(lead(p.buy_rub_per_gram) over by_date / p.buy_rub_per_gram::double precision) as next_log_return
  from first_price p
  left join first_rate r using (effective_date)
  window by_date as (partition by p.metal order by p.effective_date)
),
late as materialized (
  select metal, n, known_at
  from (
    select metal, n, known_at, lead(known_at) over (partition by metal order by n) as next_known_at from prices
  ) as in_order
  where known_at > next_known_at
),
features as (
  select
    p.*,
    greatest(
      known_at,
      (select max(l.known_at) from late l where l.metal = p.metal and l.n between p.n - 20 and p.n - 1)
    ) as all_known_at,
    lag(log_return, 1) over by_date as log_return_lag1,
    lag(log_return, 2) over by_date as log_return_lag2,
    lag(log_return, 3) over by_date as log_return_lag3,
    lag(log_return, 4) over by_date as log_return_lag4,
    case when count(log_return) over last_5 = 5 then avg(log_return) over last_5 end as mean_log_return_5,
    case when count(log_return) over last_20 = 20 then avg(log_return) over last_20 end as mean_log_return_20,
    case when count(log_return) over last_5 = 5 then stddev_samp(log_return) over last_5 end as volatility_5,
    case when count(log_return) over last_20 = 20 then stddev_samp(log_return) over last_20 end as volatility_20,
    case
      when count(log_return) over last_20 = 20
        then ln(price::double precision / max(price) over last_20)
    end as drawdown_20,
    (
      select min(c.calendar_date) from dm.working_calendar c
      where c.is_quote_date and c.calendar_date > p.effective_date and c.calendar_date <= p.effective_date + 30
    ) as target_date
  from prices p
  window
    by_date as (partition by metal order by effective_date),
    last_5 as (partition by metal order by effective_date rows between 4 preceding and current row),
    last_20 as (partition by metal order by effective_date rows between 19 preceding and current row)
),
target as (
  select
    metal,
    effective_date as origin_date,
    all_known_at as known_at,
    price as price_rub_per_gram,
    log_return as log_return_lag0,
    log_return_lag1,
    log_return_lag2,
    log_return_lag3,
    log_return_lag4,
    mean_log_return_5,
    mean_log_return_20,
    volatility_5,
    volatility_20,
        usd_log_return as usd_log_return_lag0,
    drawdown_20,
    target_date,
    extract(isodow from target_date)::integer as target_weekday,
    target_date - effective_date as target_gap_days,
    case when next_date = target_date then next_log_return end as target_log_return,
    simulated
  from features
),
changed as (
  select t.*, e.metal is not null as existed
  from target t
  left join dm.training_set e using (metal, origin_date)
  where case
    when e.metal is null then
      ($1::date is null or t.origin_date >= $1) and ($2::date is null or t.origin_date <= $2)
    else
      (
        t.known_at, t.price_rub_per_gram, t.log_return_lag0, t.log_return_lag1, t.log_return_lag2, t.log_return_lag3,
        t.log_return_lag4, t.mean_log_return_5, t.mean_log_return_20, t.volatility_5, t.volatility_20,
        t.usd_log_return_lag0, t.drawdown_20, t.target_date, t.target_weekday, t.target_gap_days,
        t.target_log_return, t.simulated
      ) is distinct from (
        e.known_at, e.price_rub_per_gram, e.log_return_lag0, e.log_return_lag1, e.log_return_lag2, e.log_return_lag3,
        e.log_return_lag4, e.mean_log_return_5, e.mean_log_return_20, e.volatility_5, e.volatility_20,
        e.usd_log_return_lag0, e.drawdown_20, e.target_date, e.target_weekday, e.target_gap_days,
        e.target_log_return, e.simulated
      )
  end
),
gone as (
  delete from dm.training_set e
  where ($1::date is null or e.origin_date >= $1) and ($2::date is null or e.origin_date <= $2)
    and not exists (select 1 from target t where t.metal = e.metal and t.origin_date = e.origin_date)
  returning 1
),
written as (
  insert into dm.training_set (
    metal, origin_date, known_at, price_rub_per_gram, log_return_lag0, log_return_lag1, log_return_lag2,
    log_return_lag3, log_return_lag4, mean_log_return_5, mean_log_return_20, volatility_5, volatility_20,
    usd_log_return_lag0, drawdown_20, target_date, target_weekday, target_gap_days,
    target_log_return, simulated
  )
  select
    metal, origin_date, known_at, price_rub_per_gram, log_return_lag0, log_return_lag1, log_return_lag2,
    log_return_lag3, log_return_lag4, mean_log_return_5, mean_log_return_20, volatility_5, volatility_20,
    usd_log_return_lag0, drawdown_20, target_date, target_weekday, target_gap_days,
    target_log_return, simulated
  from changed
  on conflict (metal, origin_date) do update set
    known_at = excluded.known_at,
    price_rub_per_gram = excluded.price_rub_per_gram,
    log_return_lag0 = excluded.log_return_lag0,
    log_return_lag1 = excluded.log_return_lag1,
    log_return_lag2 = excluded.log_return_lag2,
    log_return_lag3 = excluded.log_return_lag3,
    log_return_lag4 = excluded.log_return_lag4,
    mean_log_return_5 = excluded.mean_log_return_5,
    mean_log_return_20 = excluded.mean_log_return_20,
    volatility_5 = excluded.volatility_5,
    volatility_20 = excluded.volatility_20,
    usd_log_return_lag0 = excluded.usd_log_return_lag0,
    drawdown_20 = excluded.drawdown_20,
    target_date = excluded.target_date,
    target_weekday = excluded.target_weekday,
    target_gap_days = excluded.target_gap_days,
    target_log_return = excluded.target_log_return,
    simulated = excluded.simulated
  returning 1
)
select
  (
    select count(*) from target
    where ($1::date is null or origin_date >= $1) and ($2::date is null or origin_date <= $2)
  ) as read,
  (select count(*) from changed where not existed) as inserted,
  (select count(*) from changed where existed) as updated,
  (select count(*) from gone) as deleted
