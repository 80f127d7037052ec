-- purpose: The ledger of applied migrations, which has to exist before the first of them.
create schema if not exists ops;

create table if not exists ops.migration (
  version integer primary key,
  name text not null,
  sha256 text not null,
  applied_at timestamptz not null default now()
);
