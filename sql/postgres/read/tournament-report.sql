-- purpose: What is said of the newest tournament of a metal ($1) as a whole; no row before the first report.
-- inputs: dm.tournament, dm.tournament_report
select
  tournament_id, started_at, cutoff, horizon, origins, decision ->> 'champion' as champion,
  decision ->> 'outcome' as outcome, summary
from dm.tournament
join dm.tournament_report using (tournament_id)
where metal = $1
order by started_at desc, tournament_id
limit 1
