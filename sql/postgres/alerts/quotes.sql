-- purpose: Every quote of a metal with the instant at which it was known, oldest first, as of an instant.
-- $1 metal, $2 instant.
select effective_date, buy_rub_per_gram, known_at
from dm.quote_daily
where metal = $1 and known_at <= $2
order by effective_date
