-- purpose: The scores of a tournament ($1), of one model when named ($2, null: all).
select
  model, block, horizon, origins, mae, rmse, r2, mase, bias, wis, coverage80, coverage95, skill_vs_naive
from dm.model_score
where tournament_id = $1 and ($2::text is null or model = $2)
order by model, block, horizon
