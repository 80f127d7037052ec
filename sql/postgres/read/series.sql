-- purpose: Prices of a metal ($1) up to a cutoff ($2, null: all), oldest first.
-- inputs: dm.quote_daily
select effective_date, buy_rub_per_gram
from dm.quote_daily
where metal = $1 and ($2::date is null or effective_date <= $2)
order by effective_date
