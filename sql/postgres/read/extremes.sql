-- purpose: For a metal ($1): lowest and highest price of the year up to its last quote, its highest price ever and
-- when it was first reached, and the quote date that follows its last quote: in the past when quotes are late.
-- inputs: dm.quote_daily, dm.working_calendar
with last as (
  select max(effective_date) as last_date from dm.quote_daily where metal = $1
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
  ) as next_quote_date
from last
left join dm.quote_daily on metal = $1
