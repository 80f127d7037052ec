-- purpose: Vintages of a metal ($1), newest first: one when named ($2, null: any), at most $3; only those made until an instant ($4, null: now).
select
  vintage_id, metal, cutoff, made_at, model_name, model_version, tracking_run_id, data_hash, simulated
from dm.forecast_vintage
where metal = $1 and ($2::text is null or vintage_id = $2) and ($4::timestamptz is null or made_at <= $4)
order by made_at desc, cutoff desc, vintage_id
limit $3
