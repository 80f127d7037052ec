-- purpose: Room for the optional drivers: their loads, and for each typed value the record it was made of.

alter table raw.load drop constraint load_series_check;
alter table raw.load add constraint load_series_check
  check (series in ('metals', 'usd', 'gold-am', 'gold-pm', 'gldrub'));

-- No driver could be loaded before, so the table is empty.
alter table ods.driver
  add column record_id bigint not null unique,
  add column hold_reason text;

-- Values out of range do not reach readers.
create or replace function ods.driver_as_of(instant timestamptz) returns setof ods.driver language sql stable as $$
  select distinct on (source, series, value_date) *
  from ods.driver
  where known_at <= instant and hold_reason is null
  order by source, series, value_date, revision desc
$$;
