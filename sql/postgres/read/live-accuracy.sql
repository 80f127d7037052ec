-- purpose: Published forecasts of a metal ($1) that met their facts, by horizon, beside the price that was then the last.
-- inputs: dm.forecast_vs_fact
select
  horizon,
  count(*)::integer as forecasts,
  avg(abs(error_rub)) as mae,
  avg(abs(naive_rub_per_gram - actual_rub_per_gram))::double precision as naive_mae,
  avg(inside_80::integer)::double precision as coverage80,
  avg(inside_95::integer)::double precision as coverage95
from dm.forecast_vs_fact
where metal = $1
group by horizon
order by horizon
