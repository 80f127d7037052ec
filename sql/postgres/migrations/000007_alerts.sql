-- purpose: Rules that wait for events, and the outbox through which their messages are delivered.

-- table: ops.alert_rule
-- purpose: What a person wants to be told, and where; removed rules stay for the log.
-- kind: table
-- inputs: the Alerts page, the command line
-- grain: rule_id
create table ops.alert_rule (
  rule_id text primary key,
  name text not null,
  metal text not null,
  condition jsonb not null,
  channel text not null check (channel in ('webhook', 'telegram', 'email')),
  target text not null,
  quiet jsonb,
  lang text not null check (lang in ('ru', 'en')),
  is_enabled boolean not null,
  watched_from timestamptz not null,
  after_date date,
  created_at timestamptz not null default now(),
  removed_at timestamptz
);

-- table: ops.alert_delivery
-- purpose: One message on its way: an event of a rule is here once, from being found to being delivered or given up.
-- kind: table
-- inputs: ops.alert_rule, dm.quote_daily, dm.forecast_vs_fact, dm.nowcast, the registry
-- grain: delivery_id
create table ops.alert_delivery (
  delivery_id text primary key,
  rule_id text not null references ops.alert_rule,
  event_key text not null,
  event_at timestamptz not null,
  payload jsonb not null,
  channel text not null,
  target text not null,
  state text not null check (state in ('pending', 'sending', 'sent', 'failed', 'cancelled')),
  attempts integer not null default 0,
  not_before timestamptz not null,
  leased_until timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  detail text,
  unique (rule_id, event_key)
);
create index alert_delivery_due on ops.alert_delivery (not_before) where state in ('pending', 'sending');

-- table: ops.alert_attempt
-- purpose: Each try to deliver a message; one without an end was cut off, and its message was tried again.
-- kind: table
-- inputs: ops.alert_delivery
-- grain: delivery_id, attempt
create table ops.alert_attempt (
  delivery_id text not null references ops.alert_delivery,
  attempt integer not null check (attempt >= 1),
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('sent', 'failed', 'pending')),
  detail text,
  primary key (delivery_id, attempt)
);
