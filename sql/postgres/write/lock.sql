-- purpose: Take a named lock until the end of the transaction, so that two writers of the same kind go one by one.
select pg_advisory_xact_lock(hashtextextended('assay:' || $1::text, 0))
