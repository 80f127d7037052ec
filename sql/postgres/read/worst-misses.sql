-- purpose: The scored forecasts of a metal ($1) that missed most, in percent of the fact; at most $2, one per target date.
-- inputs: dm.forecast_vs_fact, dm.forecast_point
with
  missed as (
    select distinct on (target_date) *
    from dm.forecast_vs_fact
    where metal = $1
    order by target_date, abs(error_rub / actual_rub_per_gram) desc, vintage_id, horizon
  )
select
  missed.vintage_id, missed.cutoff, missed.target_date, missed.horizon, missed.model_name, missed.model_version,
  missed.mean_rub_per_gram, missed.naive_rub_per_gram, missed.actual_rub_per_gram, missed.error_rub,
  missed.inside_80, missed.inside_95,
  point.q100_rub_per_gram as lower_80,
  point.q900_rub_per_gram as upper_80
from missed
join dm.forecast_point point using (vintage_id, horizon)
order by abs(missed.error_rub / missed.actual_rub_per_gram) desc, missed.target_date
limit $2
