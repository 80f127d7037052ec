-- table: dm.monthly
-- purpose: The month of a metal: level, spread, return, volatility, drawdown, quartiles and trend.
-- grain: metal, month
-- kind: incremental by date ($1 from, $2 to; null: everything; every month the range touches)
-- inputs: dm.quote_daily
--
-- Return: last quote against the last of the calendar month before; missing when that month has no quotes.
-- Volatility: standard deviation of the month's log returns x sqrt(their number). Drawdown: deepest fall from the
-- highest price of the month so far. Trend: least-squares slope over the quotes of the month, RUB per quote.
-- Sums of binary fractions are rounded to 10 decimals, so that another plan gives the same row.
with quotes as (
  select
    metal,
    date_trunc('month', effective_date)::date as month,
    effective_date,
    buy_rub_per_gram as price,
    sell_rub_per_gram,
    log_return,
    simulated,
    row_number() over by_date as n,
    avg(buy_rub_per_gram) over (partition by metal, date_trunc('month', effective_date)) as mean_price,
    max(buy_rub_per_gram) over (by_date rows unbounded preceding) as highest_price
  from dm.quote_daily
  window by_date as (partition by metal, date_trunc('month', effective_date) order by effective_date)
),
months as (
  select
    metal,
    month,
    count(*)::integer as quotes,
    (array_agg(price order by effective_date))[1] as first_rub_per_gram,
    (array_agg(price order by effective_date desc))[1] as last_rub_per_gram,
    min(price) as min_rub_per_gram,
    max(price) as max_rub_per_gram,
    avg(price)::numeric(14, 4) as mean_buy_rub_per_gram,
    avg(sell_rub_per_gram)::numeric(14, 4) as mean_sell_rub_per_gram,
    (percentile_cont(array[0.25, 0.5, 0.75]) within group (order by price::double precision))::numeric(14, 4)[] as quartiles,
    round((100 * stddev_samp(log_return) * sqrt(count(log_return)))::numeric, 10)::double precision as volatility_percent,
    min(100 * (price::double precision / highest_price - 1)) as max_drawdown_percent,
    (count(*) filter (where price > mean_price))::integer as days_above_mean,
    round(regr_slope(price::double precision, n::double precision)::numeric, 10)::double precision as trend_rub_per_quote,
    bool_or(simulated) as simulated
  from quotes
  group by metal, month
),
target as (
  select
    metal,
    month,
    quotes,
    first_rub_per_gram,
    last_rub_per_gram,
    min_rub_per_gram,
    max_rub_per_gram,
    mean_buy_rub_per_gram,
    mean_sell_rub_per_gram,
    quartiles[1] as q25_rub_per_gram,
    quartiles[2] as median_rub_per_gram,
    quartiles[3] as q75_rub_per_gram,
    case
      when lag(month) over by_month = (month - interval '1 month')::date
        then 100 * (last_rub_per_gram::double precision / lag(last_rub_per_gram) over by_month - 1)
    end as return_percent,
    volatility_percent,
    max_drawdown_percent,
    days_above_mean,
    trend_rub_per_quote,
    simulated
  from months
  window by_month as (partition by metal order by month)
),
changed as (
  select t.*, e.metal is not null as existed
  from target t
  left join dm.monthly e using (metal, month)
  where case
    when e.metal is null then
      ($1::date is null or t.month >= date_trunc('month', $1::date)::date) and ($2::date is null or t.month <= $2)
    else
      (
        t.quotes, t.first_rub_per_gram, t.last_rub_per_gram, t.min_rub_per_gram, t.max_rub_per_gram,
        t.mean_buy_rub_per_gram, t.mean_sell_rub_per_gram, t.q25_rub_per_gram, t.median_rub_per_gram,
        t.q75_rub_per_gram, t.return_percent, t.volatility_percent, t.max_drawdown_percent, t.days_above_mean,
        t.trend_rub_per_quote, t.simulated
      ) is distinct from (
        e.quotes, e.first_rub_per_gram, e.last_rub_per_gram, e.min_rub_per_gram, e.max_rub_per_gram,
        e.mean_buy_rub_per_gram, e.mean_sell_rub_per_gram, e.q25_rub_per_gram, e.median_rub_per_gram,
        e.q75_rub_per_gram, e.return_percent, e.volatility_percent, e.max_drawdown_percent, e.days_above_mean,
        e.trend_rub_per_quote, e.simulated
      )
  end
),
gone as (
  delete from dm.monthly e
  where ($1::date is null or e.month >= date_trunc('month', $1::date)::date) and ($2::date is null or e.month <= $2)
    and not exists (select 1 from target t where t.metal = e.metal and t.month = e.month)
  returning 1
),
written as (
  insert into dm.monthly (
    metal, month, quotes, first_rub_per_gram, last_rub_per_gram, min_rub_per_gram, max_rub_per_gram,
    mean_buy_rub_per_gram, mean_sell_rub_per_gram, q25_rub_per_gram, median_rub_per_gram, q75_rub_per_gram,
    return_percent, volatility_percent, max_drawdown_percent, days_above_mean, trend_rub_per_quote, simulated
  )
  select
    metal, month, quotes, first_rub_per_gram, last_rub_per_gram, min_rub_per_gram, max_rub_per_gram,
    mean_buy_rub_per_gram, mean_sell_rub_per_gram, q25_rub_per_gram, median_rub_per_gram, q75_rub_per_gram,
    return_percent, volatility_percent, max_drawdown_percent, days_above_mean, trend_rub_per_quote, simulated
  from changed
  on conflict (metal, month) do update set
    quotes = excluded.quotes,
    first_rub_per_gram = excluded.first_rub_per_gram,
    last_rub_per_gram = excluded.last_rub_per_gram,
    min_rub_per_gram = excluded.min_rub_per_gram,
    max_rub_per_gram = excluded.max_rub_per_gram,
    mean_buy_rub_per_gram = excluded.mean_buy_rub_per_gram,
    mean_sell_rub_per_gram = excluded.mean_sell_rub_per_gram,
    q25_rub_per_gram = excluded.q25_rub_per_gram,
    median_rub_per_gram = excluded.median_rub_per_gram,
    q75_rub_per_gram = excluded.q75_rub_per_gram,
    return_percent = excluded.return_percent,
    volatility_percent = excluded.volatility_percent,
    max_drawdown_percent = excluded.max_drawdown_percent,
    days_above_mean = excluded.days_above_mean,
    trend_rub_per_quote = excluded.trend_rub_per_quote,
    simulated = excluded.simulated
  returning 1
)
select
  (
    select count(*) from quotes
    where ($1::date is null or month >= date_trunc('month', $1::date)::date) and ($2::date is null or month <= $2)
  ) as read,
  (select count(*) from changed where not existed) as inserted,
  (select count(*) from changed where existed) as updated,
  (select count(*) from gone) as deleted
