-- purpose: What a run ($1) said, in order; the last 2,000 lines.
-- inputs: ops.log
select at, step, level, message
from (select * from ops.log where run_id = $1 order by log_id desc limit 2000) as newest
order by log_id
