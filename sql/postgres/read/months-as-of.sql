-- purpose: The months of a metal ($1) as known at an instant ($2), oldest first, each reckoned as dm.monthly does.
-- inputs: dm.quote_daily_as_of
with quotes as (
  select
    date_trunc('month', effective_date)::date as month,
    effective_date,
    buy_rub_per_gram as price,
    sell_rub_per_gram,
    log_return,
    row_number() over by_date as n,
    avg(buy_rub_per_gram) over (partition by date_trunc('month', effective_date)) as mean_price,
    max(buy_rub_per_gram) over (by_date rows unbounded preceding) as highest_price
  from dm.quote_daily_as_of($1, $2)
  window by_date as (partition by date_trunc('month', effective_date) order by effective_date)
),
months as (
  select
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
    round(regr_slope(price::double precision, n::double precision)::numeric, 10)::double precision as trend_rub_per_quote
  from quotes
  group by month
)
select
  to_char(month, 'YYYY-MM') as month,
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
  trend_rub_per_quote
from months
window by_month as (order by month)
order by months.month
