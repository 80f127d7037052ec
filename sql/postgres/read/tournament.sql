-- purpose: The newest tournament of a metal ($1), or the one over given data and settings ($2, $3; null: any).
select
  tournament_id, metal, started_at, cutoff, data_hash, settings_hash, tracking_run_id, origins, horizon, simulated,
  decision
from dm.tournament
where metal = $1 and ($2::text is null or data_hash = $2) and ($3::text is null or settings_hash = $3)
order by started_at desc, tournament_id
limit 1
