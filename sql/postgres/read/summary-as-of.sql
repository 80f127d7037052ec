-- purpose: Figures over the quotes of a metal ($1) between two days ($2, $3; null: open) as known at an instant ($4).
-- inputs: dm.quote_daily_as_of
select
  count(*) as quotes,
  min(effective_date) as first_date,
  max(effective_date) as last_date,
  min(buy_rub_per_gram) as min_rub_per_gram,
  max(buy_rub_per_gram) as max_rub_per_gram,
  round(avg(buy_rub_per_gram), 4) as mean_rub_per_gram,
  100 * stddev_samp(log_return) * sqrt(247) as volatility_percent
from dm.quote_daily_as_of($1, $4)
where ($2::date is null or effective_date >= $2) and ($3::date is null or effective_date <= $3)
