-- purpose: Whether this database has the ledger of migrations at all.
select to_regclass('ops.migration') is not null as is_there
