-- purpose: Put a message that was given up back into the outbox.
-- $1 delivery, $2 now.
update ops.alert_delivery
set state = 'pending', not_before = $2, ended_at = null
where delivery_id = $1 and state = 'failed'
