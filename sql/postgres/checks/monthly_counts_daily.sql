-- purpose: Months and years count as many quotes as there are daily rows, between the same lowest and highest price.
-- inputs: dm.quote_daily, dm.monthly, dm.yearly
with daily as (
  select metal, 'month' as period, date_trunc('month', effective_date)::date as starts,
    count(*) as quotes, min(buy_rub_per_gram) as lowest, max(buy_rub_per_gram) as highest
  from dm.quote_daily
  group by 1, 2, 3
  union all
  select metal, 'year', date_trunc('year', effective_date)::date,
    count(*), min(buy_rub_per_gram), max(buy_rub_per_gram)
  from dm.quote_daily
  group by 1, 2, 3
),
marts as (
  select metal, 'month' as period, month as starts, quotes, min_rub_per_gram, max_rub_per_gram from dm.monthly
  union all
  select metal, 'year', make_date(year, 1, 1), quotes, min_rub_per_gram, max_rub_per_gram from dm.yearly
)
select metal, period, starts, d.quotes as daily_quotes, m.quotes as mart_quotes
from daily d
full join marts m using (metal, period, starts)
where (d.quotes, d.lowest, d.highest) is distinct from (m.quotes, m.min_rub_per_gram, m.max_rub_per_gram)
