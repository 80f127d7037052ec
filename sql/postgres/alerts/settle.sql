-- purpose: End an attempt; a message that was cancelled, or claimed by another since, keeps its state.
-- $1 delivery, $2 attempt, $3 state, $4 now, $5 detail, $6 not before.
with
  settled as (
    update ops.alert_delivery
    set
      state = $3::text,
      detail = $5,
      not_before = coalesce($6::timestamptz, not_before),
      leased_until = null,
      ended_at = case when $3::text = 'pending' then null else $4::timestamptz end
    where delivery_id = $1 and attempts = $2 and state = 'sending'
  )
update ops.alert_attempt
set ended_at = $4, outcome = $3::text, detail = $5
where delivery_id = $1 and attempt = $2
