-- purpose: Turn an alert rule on or off; turned on, it watches from now.
-- $1 rule, $2 on, $3 instant, $4 last quote date known.
update ops.alert_rule
set
  is_enabled = $2,
  watched_from = case when $2 and not is_enabled then $3 else watched_from end,
  after_date = case when $2 and not is_enabled then $4 else after_date end
where rule_id = $1 and removed_at is null
