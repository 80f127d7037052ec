-- purpose: Bytes of the warehouse on its disk, by schema, indexes counted in.
-- kind: query
-- grain: schema_name
-- inputs: pg_class
select n.nspname as schema_name, sum(pg_total_relation_size(c.oid))::bigint as bytes
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and n.nspname in ('raw', 'ods', 'dm', 'ops', 'tracking', 'dbos')
group by n.nspname
order by bytes desc
