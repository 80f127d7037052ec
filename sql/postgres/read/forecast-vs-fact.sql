-- purpose: Scored forecasts of a metal ($1), newest facts first, at most $2; of one horizon ($3) or all (null).
-- inputs: dm.forecast_vs_fact, dm.forecast_point
select
  vintage_id, scored.cutoff, scored.target_date, horizon, model_name, model_version, scored.mean_rub_per_gram,
  naive_rub_per_gram, actual_rub_per_gram, error_rub, inside_80, inside_95,
  q100_rub_per_gram as lower_80,
  q900_rub_per_gram as upper_80
from dm.forecast_vs_fact scored
join dm.forecast_point using (vintage_id, horizon)
where metal = $1 and ($3::integer is null or horizon = $3)
order by scored.target_date desc, horizon, vintage_id
limit $2
