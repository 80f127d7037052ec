-- purpose: Roles of least privilege and what each may do; the runs of flows as views for readers of dm.
-- Roles belong to the server and not to a database: they are made here where the current role may, without a login and
-- without a password. `assay roles` does the same again and says what is left to the administrator.

-- table: dm.pipeline_run
-- purpose: Runs of flows for readers of dm: what ran, when, how it ended; without parameters, which may hold people's words.
-- kind: view
-- inputs: ops.run
-- grain: run_id
create view dm.pipeline_run as
select
  run_id, flow, trigger, status, started_at, ended_at,
  extract(epoch from ended_at - started_at)::double precision as seconds,
  split_part(error, chr(10), 1) as error
from ops.run;

-- table: dm.pipeline_step
-- purpose: Attempts of steps for readers of dm, with rows in and out.
-- kind: view
-- inputs: ops.step, ops.run
-- grain: run_id, step, attempt
create view dm.pipeline_step as
select
  s.run_id, r.flow, s.step, s.attempt, s.position, s.status, s.started_at, s.ended_at,
  extract(epoch from s.ended_at - s.started_at)::double precision as seconds,
  s.rows_in, s.rows_out, split_part(s.error, chr(10), 1) as error
from ops.step s
join ops.run r using (run_id);

-- table: dm.data_check
-- purpose: The newest result of each check for readers of dm.
-- kind: view
-- inputs: ops.check_result
-- grain: check_name
create view dm.data_check as
select check_name, purpose, offending_count, checked_at
from ops.check_result;

-- Makes what is missing of the roles, where the current role may, and grants each what it needs; safe to call again.
-- Returns the statements that are left to an administrator, none when all is done.
create function ops.grant_roles() returns setof text language plpgsql as $$
declare
  may_create constant boolean := (select rolsuper or rolcreaterole from pg_roles where rolname = current_user);
  wanted text;
  place text;
  frozen regclass;
begin
  foreach wanted in array array['assay_owner', 'assay_app', 'assay_bi'] loop
    if exists (select from pg_roles where rolname = wanted) then
      continue;
    end if;
    if not may_create then
      return next format('create role %I nologin;', wanted);
      continue;
    end if;
    begin
      execute format('create role %I nologin', wanted);
      if wanted = 'assay_bi' then
        execute 'alter role assay_bi set default_transaction_read_only = on';
        execute 'alter role assay_bi set statement_timeout = ''60s''';
      end if;
    exception when duplicate_object or unique_violation then
      null; -- A rival over another database of this server made it meanwhile.
    end;
  end loop;

  if exists (select from pg_roles where rolname = 'assay_app') then
    foreach place in array array['raw', 'ods', 'dm', 'ops', 'tracking', 'dbos'] loop
      if not exists (select from pg_namespace where nspname = place and pg_has_role(nspowner, 'usage')) then
        continue;
      end if;
      execute format('grant usage on schema %I to assay_app', place);
      execute format('grant select, insert, update, delete on all tables in schema %I to assay_app', place);
      execute format('grant usage, select, update on all sequences in schema %I to assay_app', place);
      execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to assay_app', place);
      execute format('alter default privileges in schema %I grant usage, select, update on sequences to assay_app', place);
    end loop;
    -- What is append-only by trigger is so by right as well; the ledger of migrations is the owner's alone.
    for frozen in
      select tgrelid from pg_trigger where tgname = 'append_only'
      union select 'ops.migration'::regclass
    loop
      execute format('revoke update, delete on %s from assay_app', frozen);
    end loop;
    execute 'revoke insert on ops.migration from assay_app';
  end if;

  if exists (select from pg_roles where rolname = 'assay_bi') then
    execute 'grant usage on schema dm to assay_bi';
    execute 'grant select on all tables in schema dm to assay_bi';
    execute 'alter default privileges in schema dm grant select on tables to assay_bi';
  end if;
end
$$;

select ops.grant_roles();
