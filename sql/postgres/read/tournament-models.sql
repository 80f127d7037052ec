-- purpose: The models of a tournament ($1), best first.
select model, tracking_run_id, rank, seconds, status, failure, failed_folds
from dm.tournament_model
where tournament_id = $1
order by rank nulls last, model
