-- purpose: Every accepted revision of what the price of a metal ($1) rests on, with the instant it became known.
-- inputs: ods.metal_quote_accepted, ods.fx_rate_accepted, ods.driver
select 'quotes' as series, effective_date as date, revision, buy_rub_per_gram as value, known_at
from ods.metal_quote_accepted
where metal = $1
union all
select 'usd', effective_date, revision, rate_rub, known_at
from ods.fx_rate_accepted
where currency = 'USD'
union all
select
  case series when 'gold-am' then 'londonMorning' when 'gold-pm' then 'londonEvening' else 'exchangeCloses' end,
  value_date, revision, value::numeric, known_at
from ods.driver
where hold_reason is null and $1 = 'gold'
order by 1, 2, 3
