-- purpose: For a metal ($1): lowest and highest price of the year up to its last quote, its highest price ever and
-- when it was first reached, where the last price stands among all its quotes, its largest daily changes, and the quote
-- date that follows its last quote: in the past when quotes are late.
-- inputs: dm.quote_daily, dm.working_calendar
with last as (
  select effective_date as last_date, buy_rub_per_gram as last_price
  from dm.quote_daily where metal = $1 order by effective_date desc limit 1
), rise as (
  select effective_date, change_percent from dm.quote_daily
  where metal = $1 and change_percent is not null order by change_percent desc, effective_date limit 1
), fall as (
  select effective_date, change_percent from dm.quote_daily
  where metal = $1 and change_percent is not null order by change_percent, effective_date limit 1
)
select
  min(buy_rub_per_gram) filter (where effective_date > last_date - 365) as year_low,
  max(buy_rub_per_gram) filter (where effective_date > last_date - 365) as year_high,
  max(buy_rub_per_gram) as all_time_high,
  (
    select effective_date from dm.quote_daily
    where metal = $1 order by buy_rub_per_gram desc, effective_date limit 1
  ) as all_time_high_date,
  (
    select min(calendar_date) from dm.working_calendar
    where is_quote_date and calendar_date > (select last_date from last)
  ) as next_quote_date,
  count(*)::integer as quotes,
  min(effective_date) as first_date,
  (count(*) filter (where buy_rub_per_gram < last_price))::integer as lower_quotes,
  (count(*) filter (where drawdown_percent = 0 and effective_date > last_date - 365))::integer as highs_in_year,
  (select effective_date from rise) as rise_date,
  (select change_percent from rise) as rise_percent,
  (select effective_date from fall) as fall_date,
  (select change_percent from fall) as fall_percent
from last
join dm.quote_daily on metal = $1
