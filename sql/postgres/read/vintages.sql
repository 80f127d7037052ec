-- purpose: Vintages of a metal ($1), newest first: one when named ($2, null: any), at most $3.
select
  vintage_id, metal, cutoff, made_at, model_name, model_version, tracking_run_id, data_hash, simulated
from dm.forecast_vintage
where metal = $1 and ($2::text is null or vintage_id = $2)
order by made_at desc, cutoff desc, vintage_id
limit $3
