-- purpose: The same users as users.xml on a ClickHouse of one's own: run by an administrator with
-- clickhouse-client --param_app=… --param_bi=… --multiquery < users.sql
CREATE DATABASE IF NOT EXISTS assay;

CREATE SETTINGS PROFILE IF NOT EXISTS assay_app SETTINGS max_memory_usage = 2000000000, max_execution_time = 300;
CREATE SETTINGS PROFILE IF NOT EXISTS assay_bi
  SETTINGS readonly = 2, max_execution_time = 60 MAX 60, max_memory_usage = 1000000000 MAX 1000000000,
    max_result_rows = 1000000 MAX 1000000, result_overflow_mode = 'throw';

CREATE USER IF NOT EXISTS assay_app IDENTIFIED WITH sha256_password BY {app:String} SETTINGS PROFILE assay_app;
CREATE USER IF NOT EXISTS assay_bi IDENTIFIED WITH sha256_password BY {bi:String} SETTINGS PROFILE assay_bi;

CREATE QUOTA IF NOT EXISTS assay_bi
  FOR INTERVAL 1 hour MAX queries = 20000, errors = 2000, result_rows = 100000000, execution_time = 3600 TO assay_bi;

GRANT ALL ON assay.* TO assay_app;
GRANT CLUSTER ON *.* TO assay_app;
GRANT SELECT ON assay.* TO assay_bi;
