-- purpose: Every table of a backup, each after all the tables it refers to.
-- kind: query
-- grain: table_name
-- inputs: the catalogue
with recursive
  own as (
    select c.oid, format('%I.%I', n.nspname, c.relname) as table_name
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r'
      and n.nspname in ('raw', 'ods', 'dm', 'ops', 'tracking')
      and (n.nspname, c.relname) <> ('ops', 'migration')
  ),
  refers as (
    select distinct k.conrelid as child, k.confrelid as parent
    from pg_constraint k
    where k.contype = 'f' and k.conrelid <> k.confrelid
  ),
  depth as (
    select oid, 0 as level from own
    union
    select refers.child, depth.level + 1
    from depth
    join refers on refers.parent = depth.oid
  )
select own.table_name, max(depth.level) as level
from own
join depth using (oid)
group by own.table_name
order by level, own.table_name
