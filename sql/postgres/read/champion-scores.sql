-- purpose: Held-out scores of a model ($2) in the newest tournament of a metal ($1) that it took part in, of those begun
-- until an instant ($3, null: now).
-- inputs: dm.model_score, dm.tournament
select
  model, block, horizon, origins, mae, rmse, r2, mase, bias, wis, coverage80, coverage95, skill_vs_naive
from dm.model_score
where model = $2 and block = 'report' and tournament_id = (
  select t.tournament_id
  from dm.tournament t
  join dm.model_score s on s.tournament_id = t.tournament_id and s.model = $2 and s.block = 'report'
  where t.metal = $1 and ($3::timestamptz is null or t.started_at <= $3)
  order by t.started_at desc, t.tournament_id
  limit 1
)
order by horizon
