-- purpose: Figures of a tournament ($1): of one model ($2) or all (null), one block ($3), one horizon ($4) or all (null).
-- inputs: dm.model_figure, dm.tournament_model
select figure.model, figure.block, figure.horizon, figure.figures
from dm.model_figure figure
join dm.tournament_model model using (tournament_id, model)
where figure.tournament_id = $1
  and ($2::text is null or figure.model = $2)
  and ($3::text is null or figure.block = $3)
  and ($4::integer is null or figure.horizon = $4)
order by model.rank nulls last, figure.model, figure.block, figure.horizon
