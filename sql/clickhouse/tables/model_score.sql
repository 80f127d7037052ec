-- purpose: Results of every tournament by model, block and horizon.
-- kind: table, replaced whole
-- grain: tournament_id, model, block, horizon
-- inputs: dm.model_score
CREATE TABLE IF NOT EXISTS model_score
(
  tournament_id String,
  metal LowCardinality(String),
  model LowCardinality(String),
  block LowCardinality(String),
  horizon UInt16,
  origins UInt32,
  mae Float64,
  rmse Float64,
  r2 Nullable(Float64),
  mase Float64,
  bias Float64,
  wis Float64,
  coverage80 Float64,
  coverage95 Float64,
  skill_vs_naive Float64
)
ENGINE = MergeTree
ORDER BY (metal, tournament_id, model, block, horizon)
