-- purpose: The migrations this warehouse has.
select version, name, sha256 from ops.migration order by version
