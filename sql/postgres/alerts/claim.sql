-- purpose: Take the next message that is due, note the attempt, and hold the message until the lease ends.
-- $1 now, $2 end of the lease, $3 a delivery, or null for any.
with
  due as (
    select delivery_id
    from ops.alert_delivery
    where state in ('pending', 'sending')
      and not_before <= $1
      and (leased_until is null or leased_until <= $1)
      and ($3::text is null or delivery_id = $3)
    order by not_before, created_at, delivery_id
    limit 1
    for update skip locked
  ),
  claimed as (
    update ops.alert_delivery d
    set state = 'sending', attempts = d.attempts + 1, leased_until = $2
    from due
    where d.delivery_id = due.delivery_id
    returning d.*
  ),
  noted as (
    insert into ops.alert_attempt (delivery_id, attempt, started_at)
    select delivery_id, attempts, $1 from claimed
  )
select c.*, r.name as rule_name, r.quiet
from claimed c
join ops.alert_rule r using (rule_id)
