-- purpose: Fresh statistics of {{table}} for the planner, long before autovacuum comes by.
analyze {{table}}
