-- purpose: The points of a forecast, from a JSON array ($2).
insert into dm.forecast_point (
  vintage_id, horizon, target_date, is_provisional, mean_rub_per_gram, median_rub_per_gram,
  q025_rub_per_gram, q050_rub_per_gram, q100_rub_per_gram, q250_rub_per_gram, q500_rub_per_gram,
  q750_rub_per_gram, q900_rub_per_gram, q950_rub_per_gram, q975_rub_per_gram
)
select
  $1, (p ->> 'horizon')::integer, (p ->> 'targetDate')::date, (p ->> 'isProvisional')::boolean,
  (p ->> 'meanRubPerGram')::double precision, (p ->> 'medianRubPerGram')::double precision,
  (q ->> '0.025')::double precision, (q ->> '0.05')::double precision, (q ->> '0.1')::double precision,
  (q ->> '0.25')::double precision, (q ->> '0.5')::double precision, (q ->> '0.75')::double precision,
  (q ->> '0.9')::double precision, (q ->> '0.95')::double precision, (q ->> '0.975')::double precision
from jsonb_array_elements($2::jsonb) as p
cross join lateral (select p -> 'quantilesRubPerGram' as q) as quantiles
