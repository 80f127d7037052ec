-- purpose: What people decided about held values, newest first, at most $1.
-- kind: query
-- grain: decision_id
-- inputs: ods.hold_decision
select table_name, code, effective_date, revision, decision, reason, decided_by, decided_at
from ods.hold_decision
order by decision_id desc
limit $1
