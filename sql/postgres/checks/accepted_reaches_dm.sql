-- purpose: dm has the current price of every accepted quote, and no other: nothing held, nothing left out.
-- inputs: ods.metal_quote_current, dm.quote_daily
select
  coalesce(q.metal, d.metal) as metal,
  coalesce(q.effective_date, d.effective_date) as effective_date,
  q.buy_rub_per_gram as in_ods,
  d.buy_rub_per_gram as in_dm
from ods.metal_quote_current q
full join dm.quote_daily d on d.metal = q.metal and d.effective_date = q.effective_date
where ($1::date is null or coalesce(q.effective_date, d.effective_date) >= $1)
  and ($2::date is null or coalesce(q.effective_date, d.effective_date) <= $2)
  and (q.buy_rub_per_gram, q.sell_rub_per_gram, q.revision)
    is distinct from (d.buy_rub_per_gram, d.sell_rub_per_gram, d.revision)
