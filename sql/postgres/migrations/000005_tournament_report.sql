-- purpose: What a tournament found, in full, where pages and the API read it.

-- table: dm.tournament_report
-- purpose: The report of a tournament without its figures: blocks with their origins, settings, the model confidence set.
-- kind: table, append-only
-- inputs: tournaments
-- grain: tournament_id
create table dm.tournament_report (
  tournament_id text primary key references dm.tournament,
  summary jsonb not null
);

-- table: dm.model_report
-- purpose: One model of such a report: parameters, how its intervals were calibrated, its loss at each origin.
-- kind: table, append-only
-- inputs: tournaments
-- grain: tournament_id, model
create table dm.model_report (
  tournament_id text not null references dm.tournament_report,
  model text not null,
  summary jsonb not null,
  primary key (tournament_id, model)
);

-- table: dm.model_figure
-- purpose: Every metric of a model in a tournament with its interval, its tests and its PIT, by block and horizon.
-- kind: table, append-only
-- inputs: tournaments
-- grain: tournament_id, model, block, horizon
create table dm.model_figure (
  tournament_id text not null references dm.tournament_report,
  model text not null,
  block text not null check (block in ('selection', 'report')),
  horizon integer not null,
  figures jsonb not null,
  primary key (tournament_id, model, block, horizon)
);

create trigger append_only before update or delete or truncate on dm.tournament_report
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on dm.model_report
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on dm.model_figure
  for each statement execute function ops.refuse_change();
