-- table: dm.yearly
-- purpose: The year of a metal: level, spread, return, volatility and drawdown.
-- grain: metal, year
-- kind: incremental by date ($1 from, $2 to; null: everything; every year the range touches)
-- inputs: dm.quote_daily
--
-- Figures as in dm/monthly.sql, with the year for the month.
with quotes as (
  select
    metal,
    extract(year from effective_date)::integer as year,
    effective_date,
    buy_rub_per_gram as price,
    log_return,
    simulated,
    max(buy_rub_per_gram) over (
      partition by metal, extract(year from effective_date) order by effective_date rows unbounded preceding
    ) as highest_price
  from dm.quote_daily
),
years as (
  select
    metal,
    year,
    count(*)::integer as quotes,
    (array_agg(price order by effective_date))[1] as first_rub_per_gram,
    (array_agg(price order by effective_date desc))[1] as last_rub_per_gram,
    min(price) as min_rub_per_gram,
    max(price) as max_rub_per_gram,
    avg(price)::numeric(14, 4) as mean_buy_rub_per_gram,
    round((100 * stddev_samp(log_return) * sqrt(count(log_return)))::numeric, 10)::double precision as volatility_percent,
    min(100 * (price::double precision / highest_price - 1)) as max_drawdown_percent,
    bool_or(simulated) as simulated
  from quotes
  group by metal, year
),
target as (
  select
    y.*,
    case
      when lag(year) over by_year = year - 1
        then 100 * (last_rub_per_gram::double precision / lag(last_rub_per_gram) over by_year - 1)
    end as return_percent
  from years y
  window by_year as (partition by metal order by year)
),
changed as (
  select t.*, e.metal is not null as existed
  from target t
  left join dm.yearly e using (metal, year)
  where case
    when e.metal is null then
      ($1::date is null or t.year >= extract(year from $1::date))
      and ($2::date is null or t.year <= extract(year from $2::date))
    else
      (
        t.quotes, t.first_rub_per_gram, t.last_rub_per_gram, t.min_rub_per_gram, t.max_rub_per_gram,
        t.mean_buy_rub_per_gram, t.return_percent, t.volatility_percent, t.max_drawdown_percent, t.simulated
      ) is distinct from (
        e.quotes, e.first_rub_per_gram, e.last_rub_per_gram, e.min_rub_per_gram, e.max_rub_per_gram,
        e.mean_buy_rub_per_gram, e.return_percent, e.volatility_percent, e.max_drawdown_percent, e.simulated
      )
  end
),
gone as (
  delete from dm.yearly e
  where ($1::date is null or e.year >= extract(year from $1::date))
    and ($2::date is null or e.year <= extract(year from $2::date))
    and not exists (select 1 from target t where t.metal = e.metal and t.year = e.year)
  returning 1
),
written as (
  insert into dm.yearly (
    metal, year, quotes, first_rub_per_gram, last_rub_per_gram, min_rub_per_gram, max_rub_per_gram,
    mean_buy_rub_per_gram, return_percent, volatility_percent, max_drawdown_percent, simulated
  )
  select
    metal, year, quotes, first_rub_per_gram, last_rub_per_gram, min_rub_per_gram, max_rub_per_gram,
    mean_buy_rub_per_gram, return_percent, volatility_percent, max_drawdown_percent, simulated
  from changed
  on conflict (metal, year) do update set
    quotes = excluded.quotes,
    first_rub_per_gram = excluded.first_rub_per_gram,
    last_rub_per_gram = excluded.last_rub_per_gram,
    min_rub_per_gram = excluded.min_rub_per_gram,
    max_rub_per_gram = excluded.max_rub_per_gram,
    mean_buy_rub_per_gram = excluded.mean_buy_rub_per_gram,
    return_percent = excluded.return_percent,
    volatility_percent = excluded.volatility_percent,
    max_drawdown_percent = excluded.max_drawdown_percent,
    simulated = excluded.simulated
  returning 1
)
select
  (
    select count(*) from quotes
    where ($1::date is null or year >= extract(year from $1::date))
      and ($2::date is null or year <= extract(year from $2::date))
  ) as read,
  (select count(*) from changed where not existed) as inserted,
  (select count(*) from changed where existed) as updated,
  (select count(*) from gone) as deleted
