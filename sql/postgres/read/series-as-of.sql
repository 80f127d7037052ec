-- purpose: Prices of a metal ($1) up to a cutoff ($2, null: all) as they were known at an instant ($3), oldest first.
-- inputs: ods.metal_quote_as_of
select effective_date, buy_rub_per_gram
from ods.metal_quote_as_of($3)
where metal = $1 and ($2::date is null or effective_date <= $2)
order by effective_date
