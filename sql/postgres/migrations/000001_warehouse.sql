-- purpose: The warehouse: raw as received, ods typed with every revision, dm for readers, ops for what ran.
-- Every table is followed by its header as a comment: purpose, kind, inputs, grain.
-- The declared grain becomes a uniqueness check; docs/guide/tables.md is generated from the headers.

create schema raw;
create schema ods;
create schema dm;

-- Guards append-only tables: what was received or published is never rewritten, not even by us.
create function ops.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only: % refused', tg_table_schema, tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation', hint = 'Append a new row instead.';
end
$$;

-- table: raw.load
-- purpose: One answer of a source that was loaded, by the receipt kept beside its bytes in the lake.
-- kind: table, append-only
-- inputs: lake receipts
-- grain: receipt_key
create table raw.load (
  receipt_key text primary key,
  object_key text not null,
  sha256 text not null,
  source text not null,
  simulated boolean not null,
  series text not null check (series in ('metals', 'usd')),
  range_from date not null,
  range_to date not null,
  received_at timestamptz not null,
  records integer not null,
  inserted integer not null,
  unchanged integer not null,
  loaded_at timestamptz not null default now(),
  check (range_from <= range_to),
  check (records = inserted + unchanged)
);
create index load_by_series on raw.load (source, series, received_at);

-- table: raw.record
-- purpose: One record as received, texts untouched; a row only when it differs from the newest of its code and date.
-- kind: table, append-only
-- inputs: lake objects
-- grain: source, series, code, record_date, sequence
create table raw.record (
  record_id bigint generated always as identity primary key,
  source text not null,
  series text not null,
  code text not null,
  record_date date not null,
  sequence integer not null check (sequence >= 1),
  fields jsonb not null,
  receipt_key text not null references raw.load deferrable initially deferred,
  unique (source, series, code, record_date, sequence)
);

-- table: ods.metal_quote
-- purpose: Accounting prices, RUB per gram, every revision; doubtful ones are held with the reason and stay out of dm.
-- kind: incremental by date
-- inputs: raw.record, raw.load, ods.hold_decision
-- grain: metal, effective_date, revision
create table ods.metal_quote (
  metal text not null check (metal in ('gold', 'silver', 'platinum', 'palladium')),
  effective_date date not null,
  revision integer not null check (revision >= 1),
  buy_rub_per_gram numeric(14, 4),
  sell_rub_per_gram numeric(14, 4),
  hold_reason text,
  known_at timestamptz not null,
  record_id bigint not null unique,
  source text not null,
  simulated boolean not null,
  primary key (metal, effective_date, revision),
  check (buy_rub_per_gram is not null or hold_reason is not null)
);

-- table: ods.fx_rate
-- purpose: Official rates, roubles for one unit of a currency (Nominal divided out), every revision.
-- kind: incremental by date
-- inputs: raw.record, raw.load, ods.hold_decision
-- grain: currency, effective_date, revision
create table ods.fx_rate (
  currency text not null,
  effective_date date not null,
  revision integer not null check (revision >= 1),
  rate_rub numeric(14, 6),
  hold_reason text,
  known_at timestamptz not null,
  record_id bigint not null unique,
  source text not null,
  simulated boolean not null,
  primary key (currency, effective_date, revision),
  check (rate_rub is not null or hold_reason is not null)
);

-- table: ods.driver
-- purpose: Optional drivers (London prices, exchange closes), every revision; empty until one is configured.
-- kind: table, append-only
-- inputs: driver sources
-- grain: source, series, value_date, revision
create table ods.driver (
  source text not null,
  series text not null,
  value_date date not null,
  revision integer not null check (revision >= 1),
  value double precision not null,
  known_at timestamptz not null,
  simulated boolean not null default false,
  primary key (source, series, value_date, revision)
);

-- table: ods.hold_decision
-- purpose: What a person decided about a held (or wrongly accepted) revision; the newest decision counts.
-- kind: table, append-only
-- inputs: people
-- grain: decision_id
create table ods.hold_decision (
  decision_id bigint generated always as identity primary key,
  table_name text not null check (table_name in ('ods.metal_quote', 'ods.fx_rate')),
  code text not null,
  effective_date date not null,
  revision integer not null,
  decision text not null check (decision in ('release', 'reject')),
  reason text not null check (reason <> ''),
  decided_by text not null,
  decided_at timestamptz not null
);
create index hold_decision_newest on ods.hold_decision (table_name, code, effective_date, revision, decision_id desc);

-- table: ods.hold_verdict
-- purpose: The newest decision per revision.
-- kind: view
-- inputs: ods.hold_decision
-- grain: table_name, code, effective_date, revision
create view ods.hold_verdict as
select distinct on (table_name, code, effective_date, revision)
  table_name, code, effective_date, revision, decision, reason, decided_by, decided_at
from ods.hold_decision
order by table_name, code, effective_date, revision, decision_id desc;

-- table: ods.metal_quote_accepted
-- purpose: Revisions fit for readers: not held, or released; and not rejected.
-- kind: view
-- inputs: ods.metal_quote, ods.hold_verdict
-- grain: metal, effective_date, revision
create view ods.metal_quote_accepted as
select q.*
from ods.metal_quote q
left join ods.hold_verdict v
  on v.table_name = 'ods.metal_quote' and v.code = q.metal
  and v.effective_date = q.effective_date and v.revision = q.revision
where q.buy_rub_per_gram > 0
  and case when q.hold_reason is null then v.decision is distinct from 'reject' else v.decision = 'release' end;

-- table: ods.metal_quote_current
-- purpose: The newest accepted revision of every price.
-- kind: view
-- inputs: ods.metal_quote_accepted
-- grain: metal, effective_date
create view ods.metal_quote_current as
select distinct on (metal, effective_date) *
from ods.metal_quote_accepted
order by metal, effective_date, revision desc;

-- table: ods.fx_rate_accepted
-- purpose: Rates fit for readers: not held, or released; and not rejected.
-- kind: view
-- inputs: ods.fx_rate, ods.hold_verdict
-- grain: currency, effective_date, revision
create view ods.fx_rate_accepted as
select r.*
from ods.fx_rate r
left join ods.hold_verdict v
  on v.table_name = 'ods.fx_rate' and v.code = r.currency
  and v.effective_date = r.effective_date and v.revision = r.revision
where r.rate_rub > 0
  and case when r.hold_reason is null then v.decision is distinct from 'reject' else v.decision = 'release' end;

-- table: ods.fx_rate_current
-- purpose: The newest accepted revision of every rate.
-- kind: view
-- inputs: ods.fx_rate_accepted
-- grain: currency, effective_date
create view ods.fx_rate_current as
select distinct on (currency, effective_date) *
from ods.fx_rate_accepted
order by currency, effective_date, revision desc;

-- What was known at an instant. Decisions judge data, not time, so today's decisions apply to every instant.
create function ods.metal_quote_as_of(instant timestamptz) returns setof ods.metal_quote language sql stable as $$
  select distinct on (metal, effective_date) *
  from ods.metal_quote_accepted
  where known_at <= instant
  order by metal, effective_date, revision desc
$$;

create function ods.fx_rate_as_of(instant timestamptz) returns setof ods.fx_rate language sql stable as $$
  select distinct on (currency, effective_date) *
  from ods.fx_rate_accepted
  where known_at <= instant
  order by currency, effective_date, revision desc
$$;

create function ods.driver_as_of(instant timestamptz) returns setof ods.driver language sql stable as $$
  select distinct on (source, series, value_date) *
  from ods.driver
  where known_at <= instant
  order by source, series, value_date, revision desc
$$;

-- A number with a decimal comma as the Bank writes it; null for anything else.
create function ods.decimal_comma(text) returns numeric language sql immutable parallel safe as $$
  select case when $1 ~ '^-?[0-9]{1,9}(,[0-9]{1,6})?$' then replace($1, ',', '.')::numeric end
$$;

-- One step of the judgement of a series in the order of (date, revision).
-- state: [1] level and [2] day number accepted on an earlier date, [3], [4] the same on this date, [5] 1 where this row jumped.
-- A jump is more than 0.4 in logarithms against the level accepted before; after a gap longer than 14 days
-- the limit grows with the square root of the gap, as the spread of a random walk does.
create function ods.judge_level(state double precision[], day integer, level double precision, sound boolean, decision text)
returns double precision[] language plpgsql immutable parallel safe as $$
declare
  reference double precision := state[1];
  reference_day double precision := state[2];
  accepted double precision := state[3];
  accepted_day double precision := state[4];
  jumped boolean := false;
  fit boolean;
begin
  if accepted_day < day then
    reference := accepted;
    reference_day := accepted_day;
  end if;
  if sound and reference is not null then
    jumped := abs(ln(level / reference)) > 0.4 * sqrt(greatest(1, (day - reference_day) / 14));
  end if;
  fit := case decision when 'release' then true when 'reject' then false else sound and not jumped end;
  if fit and level > 0 then
    accepted := level;
    accepted_day := day;
  end if;
  return array[reference, reference_day, accepted, accepted_day, jumped::int];
end
$$;

create aggregate ods.judged(day integer, level double precision, sound boolean, decision text) (
  sfunc = ods.judge_level,
  stype = double precision[]
);

-- table: dm.working_calendar
-- purpose: Days with and without a quote, from the Russian working calendar; provisional where no decree is known yet.
-- kind: full
-- inputs: calendar facts of the package
-- grain: calendar_date
create table dm.working_calendar (
  calendar_date date primary key,
  is_quote_date boolean not null,
  is_provisional boolean not null,
  reason text
);

-- table: dm.quote_daily
-- purpose: The price of each quote date with its change, drawdown and the parts of the move due to metal and rouble.
-- kind: incremental by date
-- inputs: ods.metal_quote_current, ods.fx_rate_current
-- grain: metal, effective_date
create table dm.quote_daily (
  metal text not null,
  effective_date date not null,
  buy_rub_per_gram numeric(14, 4) not null,
  sell_rub_per_gram numeric(14, 4),
  previous_date date,
  change_rub numeric(14, 4),
  change_percent double precision,
  log_return double precision,
  drawdown_percent double precision not null,
  usd_rub numeric(14, 6),
  implied_usd_per_ounce double precision,
  metal_contribution double precision,
  rouble_contribution double precision,
  revision integer not null,
  known_at timestamptz not null,
  simulated boolean not null,
  primary key (metal, effective_date)
);

-- table: dm.anomaly
-- purpose: Returns far outside the usual, by robust z-score against the 250 returns before their month.
-- kind: incremental by date
-- inputs: dm.quote_daily
-- grain: metal, effective_date
create table dm.anomaly (
  metal text not null,
  effective_date date not null,
  log_return double precision not null,
  baseline_median double precision not null,
  baseline_mad double precision not null,
  robust_z double precision not null,
  primary key (metal, effective_date)
);

-- table: dm.monthly
-- purpose: The month of a metal: level, spread, return, volatility, drawdown, quartiles and trend.
-- kind: incremental by date
-- inputs: dm.quote_daily
-- grain: metal, month
create table dm.monthly (
  metal text not null,
  month date not null,
  quotes integer not null,
  first_rub_per_gram numeric(14, 4) not null,
  last_rub_per_gram numeric(14, 4) not null,
  min_rub_per_gram numeric(14, 4) not null,
  max_rub_per_gram numeric(14, 4) not null,
  mean_buy_rub_per_gram numeric(14, 4) not null,
  mean_sell_rub_per_gram numeric(14, 4),
  q25_rub_per_gram numeric(14, 4) not null,
  median_rub_per_gram numeric(14, 4) not null,
  q75_rub_per_gram numeric(14, 4) not null,
  return_percent double precision,
  volatility_percent double precision,
  max_drawdown_percent double precision not null,
  days_above_mean integer not null,
  trend_rub_per_quote double precision,
  simulated boolean not null,
  primary key (metal, month),
  check (month = date_trunc('month', month)::date)
);

-- table: dm.yearly
-- purpose: The year of a metal: level, spread, return, volatility and drawdown.
-- kind: incremental by date
-- inputs: dm.quote_daily
-- grain: metal, year
create table dm.yearly (
  metal text not null,
  year integer not null,
  quotes integer not null,
  first_rub_per_gram numeric(14, 4) not null,
  last_rub_per_gram numeric(14, 4) not null,
  min_rub_per_gram numeric(14, 4) not null,
  max_rub_per_gram numeric(14, 4) not null,
  mean_buy_rub_per_gram numeric(14, 4) not null,
  return_percent double precision,
  volatility_percent double precision,
  max_drawdown_percent double precision not null,
  simulated boolean not null,
  primary key (metal, year)
);

-- table: dm.training_set
-- purpose: Features known at each origin and the return that followed; values as first accepted, never as corrected later.
-- kind: incremental by date
-- inputs: ods.metal_quote_accepted, ods.fx_rate_accepted, dm.working_calendar
-- grain: metal, origin_date
create table dm.training_set (
  metal text not null,
  origin_date date not null,
  known_at timestamptz not null,
  price_rub_per_gram numeric(14, 4) not null,
  log_return_lag0 double precision,
  log_return_lag1 double precision,
  log_return_lag2 double precision,
  log_return_lag3 double precision,
  log_return_lag4 double precision,
  mean_log_return_5 double precision,
  mean_log_return_20 double precision,
  volatility_5 double precision,
  volatility_20 double precision,
  usd_log_return_lag0 double precision,
  drawdown_20 double precision,
  target_date date,
  target_weekday integer,
  target_gap_days integer,
  target_log_return double precision,
  simulated boolean not null,
  primary key (metal, origin_date)
);

-- table: dm.forecast_vintage
-- purpose: One forecast as published: its cutoff, model version and the hash of the series it saw.
-- kind: table, append-only
-- inputs: forecasts
-- grain: vintage_id
create table dm.forecast_vintage (
  vintage_id text primary key,
  metal text not null,
  cutoff date not null,
  made_at timestamptz not null,
  model_name text not null,
  model_version integer not null,
  tracking_run_id text not null,
  data_hash text not null,
  simulated boolean not null,
  horizons integer not null check (horizons >= 1),
  unique (metal, cutoff, model_name, model_version, data_hash)
);
create index forecast_vintage_newest on dm.forecast_vintage (metal, made_at desc);

-- table: dm.forecast_point
-- purpose: One horizon of a vintage: mean, median and quantiles, RUB per gram, on a quote date.
-- kind: table, append-only
-- inputs: forecasts
-- grain: vintage_id, horizon
create table dm.forecast_point (
  vintage_id text not null references dm.forecast_vintage,
  horizon integer not null check (horizon >= 1),
  target_date date not null,
  is_provisional boolean not null,
  mean_rub_per_gram double precision not null,
  median_rub_per_gram double precision not null,
  q025_rub_per_gram double precision not null,
  q050_rub_per_gram double precision not null,
  q100_rub_per_gram double precision not null,
  q250_rub_per_gram double precision not null,
  q500_rub_per_gram double precision not null,
  q750_rub_per_gram double precision not null,
  q900_rub_per_gram double precision not null,
  q950_rub_per_gram double precision not null,
  q975_rub_per_gram double precision not null,
  primary key (vintage_id, horizon),
  unique (vintage_id, target_date)
);

-- table: dm.forecast_vs_fact
-- purpose: A published forecast against the fact that arrived, beside the naive forecast of the same cutoff.
-- kind: table, append-only
-- inputs: dm.forecast_point, dm.forecast_vintage, dm.quote_daily
-- grain: vintage_id, horizon
create table dm.forecast_vs_fact (
  vintage_id text not null,
  horizon integer not null,
  metal text not null,
  cutoff date not null,
  target_date date not null,
  model_name text not null,
  model_version integer not null,
  mean_rub_per_gram double precision not null,
  naive_rub_per_gram numeric(14, 4) not null,
  actual_rub_per_gram numeric(14, 4) not null,
  actual_revision integer not null,
  error_rub double precision not null,
  inside_80 boolean not null,
  inside_95 boolean not null,
  simulated boolean not null,
  scored_at timestamptz not null default now(),
  primary key (vintage_id, horizon),
  foreign key (vintage_id, horizon) references dm.forecast_point
);
create index forecast_vs_fact_newest on dm.forecast_vs_fact (metal, target_date desc);

-- table: dm.tournament
-- purpose: One comparison of all models over the same folds, with the promotion decision in words.
-- kind: table, append-only
-- inputs: tournaments
-- grain: tournament_id
create table dm.tournament (
  tournament_id text primary key,
  metal text not null,
  started_at timestamptz not null,
  cutoff date not null,
  data_hash text not null,
  settings_hash text not null,
  tracking_run_id text not null,
  origins integer not null,
  horizon integer not null,
  simulated boolean not null,
  decision jsonb not null,
  unique (metal, data_hash, settings_hash)
);

-- table: dm.tournament_model
-- purpose: One model in one tournament: its rank, its time, or why it failed.
-- kind: table, append-only
-- inputs: tournaments
-- grain: tournament_id, model
create table dm.tournament_model (
  tournament_id text not null references dm.tournament,
  model text not null,
  tracking_run_id text not null,
  rank integer,
  seconds double precision not null,
  status text not null check (status in ('ok', 'failed')),
  failure text,
  failed_folds integer not null,
  primary key (tournament_id, model)
);

-- table: dm.model_score
-- purpose: Scores of a model in a tournament, by block and horizon; horizons count quotes.
-- kind: table, append-only
-- inputs: tournaments
-- grain: tournament_id, model, block, horizon
create table dm.model_score (
  tournament_id text not null references dm.tournament,
  metal text not null,
  model text not null,
  block text not null check (block in ('selection', 'report')),
  horizon integer not null,
  origins integer not null,
  mae double precision not null,
  rmse double precision not null,
  r2 double precision,
  mase double precision not null,
  bias double precision not null,
  wis double precision not null,
  coverage80 double precision not null,
  coverage95 double precision not null,
  skill_vs_naive double precision not null,
  primary key (tournament_id, model, block, horizon)
);

-- table: ops.run
-- purpose: One run of a flow: what asked for it, when, how it ended.
-- kind: table
-- inputs: flows
-- grain: run_id
create table ops.run (
  run_id text primary key,
  flow text not null,
  trigger text not null,
  parameters jsonb not null,
  status text not null check (status in ('running', 'succeeded', 'failed', 'cancelled')),
  started_at timestamptz not null,
  ended_at timestamptz,
  error text,
  check ((status = 'running') = (ended_at is null))
);
create index run_newest on ops.run (started_at desc);

-- table: ops.step
-- purpose: One attempt of a step of a run, with rows in and out.
-- kind: table
-- inputs: flows
-- grain: run_id, step, attempt
create table ops.step (
  run_id text not null references ops.run,
  step text not null,
  attempt integer not null check (attempt >= 1),
  position integer not null,
  status text not null check (status in ('running', 'succeeded', 'failed')),
  started_at timestamptz not null,
  ended_at timestamptz,
  rows_in bigint,
  rows_out bigint,
  detail jsonb not null default '{}',
  error text,
  primary key (run_id, step, attempt)
);

-- table: ops.log
-- purpose: What runs and steps said for people.
-- kind: table, append-only
-- inputs: flows
-- grain: log_id
create table ops.log (
  log_id bigint generated always as identity primary key,
  run_id text not null references ops.run,
  step text,
  at timestamptz not null,
  level text not null check (level in ('info', 'warn', 'error')),
  message text not null,
  context jsonb not null default '{}'
);
create index log_by_run on ops.log (run_id, log_id);

-- table: ops.check_result
-- purpose: The newest result of each check, with the first offending rows.
-- kind: table
-- inputs: checks
-- grain: check_name
create table ops.check_result (
  check_name text primary key,
  purpose text not null,
  offending_count integer not null,
  offending jsonb not null,
  checked_at timestamptz not null default now()
);

create trigger append_only before update or delete or truncate on raw.load
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on raw.record
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on ods.hold_decision
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on dm.forecast_vintage
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on dm.forecast_point
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on dm.forecast_vs_fact
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on dm.tournament
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on dm.tournament_model
  for each statement execute function ops.refuse_change();
create trigger append_only before update or delete or truncate on dm.model_score
  for each statement execute function ops.refuse_change();
