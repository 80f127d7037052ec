-- purpose: The scores of a tournament ($1) of a metal ($2), from a JSON array ($3).
insert into dm.model_score (
  tournament_id, metal, model, block, horizon, origins, mae, rmse, r2, mase, bias, wis, coverage80, coverage95,
  skill_vs_naive
)
select
  $1, $2, s.model, s.block, s.horizon, s.origins, s.mae, s.rmse, s.r2, s.mase, s.bias, s.wis, s.coverage80,
  s.coverage95, s."skillVsNaive"
from jsonb_to_recordset($3::jsonb) as s (
  model text, block text, horizon integer, origins integer, mae double precision, rmse double precision,
  r2 double precision, mase double precision, bias double precision, wis double precision,
  coverage80 double precision, coverage95 double precision, "skillVsNaive" double precision
)
