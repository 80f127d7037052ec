-- purpose: The report of a tournament ($1): its summary ($2), its models ($3) and their figures ($4), as JSON.
with
  report as (
    insert into dm.tournament_report (tournament_id, summary) values ($1, $2)
    returning tournament_id
  ),
  models as (
    insert into dm.model_report (tournament_id, model, summary)
    select report.tournament_id, m.model, m.summary
    from report, jsonb_to_recordset($3::jsonb) as m (model text, summary jsonb)
  )
insert into dm.model_figure (tournament_id, model, block, horizon, figures)
select report.tournament_id, f.model, f.block, f.horizon, f.figures
from report, jsonb_to_recordset($4::jsonb) as f (model text, block text, horizon integer, figures jsonb)
