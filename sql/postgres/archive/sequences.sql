-- purpose: Sequences behind the columns of a backup's tables, to be moved past what was restored.
-- kind: query
-- grain: sequence
-- inputs: the catalogue
select
  d.objid::regclass::text as sequence,
  format('%I.%I', n.nspname, c.relname) as source,
  format('%I', a.attname) as column_name
from pg_depend d
join pg_class s on s.oid = d.objid and s.relkind = 'S'
join pg_class c on c.oid = d.refobjid
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
where n.nspname in ('raw', 'ods', 'dm', 'ops', 'tracking')
order by 1
