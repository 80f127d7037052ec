-- purpose: Put a message into the outbox; no row comes back when the event of this rule is there already.
insert into ops.alert_delivery (
  delivery_id, rule_id, event_key, event_at, payload, channel, target, state, not_before, created_at
)
values ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $9)
on conflict do nothing
returning delivery_id
