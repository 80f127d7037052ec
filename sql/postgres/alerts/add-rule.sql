-- purpose: Keep a new alert rule.
insert into ops.alert_rule (
  rule_id, name, metal, condition, channel, target, quiet, lang, is_enabled, watched_from, after_date
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
