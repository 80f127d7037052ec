-- purpose: Scored forecasts of a metal ($1), newest facts first, at most $2.
-- inputs: dm.forecast_vs_fact
select
  vintage_id, cutoff, target_date, horizon, model_name, model_version, mean_rub_per_gram, naive_rub_per_gram,
  actual_rub_per_gram, error_rub, inside_80, inside_95
from dm.forecast_vs_fact
where metal = $1
order by target_date desc, horizon, vintage_id
limit $2
