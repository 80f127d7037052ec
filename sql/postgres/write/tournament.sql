-- purpose: Keep a tournament; no row comes back when one over the same data and settings is there already.
insert into dm.tournament (
  tournament_id, metal, started_at, cutoff, data_hash, settings_hash, tracking_run_id, origins, horizon, simulated,
  decision
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (metal, data_hash, settings_hash) do nothing
returning tournament_id
