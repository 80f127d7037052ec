-- purpose: Take an alert rule away and cancel what it has not delivered; a row comes back when there was one.
-- $1 rule, $2 now.
with
  removed as (
    update ops.alert_rule
    set removed_at = $2, is_enabled = false
    where rule_id = $1 and removed_at is null
    returning rule_id
  ),
  cancelled as (
    update ops.alert_delivery d
    set state = 'cancelled', ended_at = $2, leased_until = null
    from removed
    where d.rule_id = removed.rule_id and d.state in ('pending', 'sending')
  )
select rule_id from removed
