-- purpose: The ledger of applied migrations, which has to exist before the first of them.
create schema if not exists ops;

-- table: ops.migration
-- purpose: Migrations this warehouse has, with the hash of each file as it was applied.
-- kind: table, append-only
-- inputs: sql/postgres/migrations
-- grain: version
create table if not exists ops.migration (
  version integer primary key,
  name text not null,
  sha256 text not null,
  applied_at timestamptz not null default now()
);
