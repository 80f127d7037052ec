#!/bin/sh
# Runs once, as the superuser, when the cluster is made: a role and a database for each service, nobody else let in.
# Passwords come from files in ASSAY_SECRETS (by default /run/secrets), which `assay init --compose` writes.
set -eu
export ASSAY_SECRETS="${ASSAY_SECRETS:-/run/secrets}"

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set owner `cat "$ASSAY_SECRETS/database_owner_password"`
\set app `cat "$ASSAY_SECRETS/database_app_password"`
\set bi `cat "$ASSAY_SECRETS/database_bi_password"`
\set mlflow `cat "$ASSAY_SECRETS/database_mlflow_password"`
\set airflow `cat "$ASSAY_SECRETS/database_airflow_password"`
\set superset `cat "$ASSAY_SECRETS/database_superset_password"`

create role assay_owner login password :'owner';
create role assay_app login password :'app';
create role assay_bi login password :'bi';
create role mlflow login password :'mlflow';
create role airflow login password :'airflow';
create role superset login password :'superset';

-- A statement of a reader that runs for ever would hold back what is cleaned up behind everybody.
alter role assay_bi set default_transaction_read_only = on;
alter role assay_bi set statement_timeout = '60s';
alter role assay_bi connection limit 20;
-- Behind a pooler a session cannot say these for itself.
alter role assay_app set statement_timeout = '60s';
alter role assay_app set jit = off;

create database assay owner assay_owner template template0 encoding 'UTF8' locale 'C';
create database mlflow owner mlflow;
create database airflow owner airflow;
create database superset owner superset;
revoke all on database assay, mlflow, airflow, superset, template1 from public;
-- Before PostgreSQL 15 anyone might make tables there.
revoke create on schema public from public;
grant connect, temporary on database assay to assay_app;
grant connect on database assay to assay_bi;
SQL
