-- purpose: The models of a tournament ($1), from a JSON array ($2).
insert into dm.tournament_model (
  tournament_id, model, tracking_run_id, rank, seconds, status, failure, failed_folds
)
select $1, m.model, m."trackingRunId", m.rank, m.seconds, m.status, m.failure, m."failedFolds"
from jsonb_to_recordset($2::jsonb) as m (
  model text, "trackingRunId" text, rank integer, seconds double precision, status text, failure text,
  "failedFolds" integer
)
