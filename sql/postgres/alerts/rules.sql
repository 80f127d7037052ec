-- purpose: Alert rules that were not removed, oldest first.
select rule_id, name, metal, condition, channel, target, quiet, lang, is_enabled, watched_from, after_date
from ops.alert_rule
where removed_at is null
order by created_at, rule_id
