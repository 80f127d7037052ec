-- purpose: The newest result of each check, failing ones first.
-- inputs: ops.check_result
select check_name, purpose, offending_count, checked_at
from ops.check_result
order by offending_count > 0 desc, check_name
