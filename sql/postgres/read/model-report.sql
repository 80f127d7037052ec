-- purpose: One model ($2) of a tournament ($1): how it ended, what the gate said, its calibration, its loss at each origin.
-- inputs: dm.tournament, dm.tournament_model, dm.model_report
select
  entry.model, entry.tracking_run_id, entry.rank, entry.seconds, entry.status, entry.failure, entry.failed_folds,
  report.summary, verdict.reason, verdict.passed
from dm.tournament
join dm.tournament_model entry using (tournament_id)
join dm.model_report report using (tournament_id, model)
left join lateral
  jsonb_to_recordset(decision -> 'reasons') as verdict (model text, passed boolean, reason text)
  on verdict.model = entry.model
where tournament_id = $1 and entry.model = $2
