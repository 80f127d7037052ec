-- purpose: Messages of the outbox with the names of their rules, newest first.
select d.*, r.name as rule_name, r.quiet
from ops.alert_delivery d
join ops.alert_rule r using (rule_id)
order by d.created_at desc, d.delivery_id
limit $1
