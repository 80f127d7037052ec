-- purpose: Publish a forecast; no row comes back when the same one is there already.
insert into dm.forecast_vintage (
  vintage_id, metal, cutoff, made_at, model_name, model_version, tracking_run_id, data_hash, simulated, horizons
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (metal, cutoff, model_name, model_version, data_hash) do nothing
returning vintage_id
