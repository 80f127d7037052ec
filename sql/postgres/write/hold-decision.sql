-- purpose: Record what a person decided about a revision; no row comes back when there is no such revision.
-- $1 table, $2 code, $3 date, $4 revision, $5 decision, $6 reason, $7 by, $8 now.
insert into ods.hold_decision (
  table_name, code, effective_date, revision, decision, reason, decided_by, decided_at
)
select $1, $2, $3, $4, $5, $6, $7, $8
where exists (
  select 1 from ods.metal_quote
  where $1 = 'ods.metal_quote' and metal = $2 and effective_date = $3 and revision = $4
  union all
  select 1 from ods.fx_rate
  where $1 = 'ods.fx_rate' and currency = $2 and effective_date = $3 and revision = $4
)
returning decision_id
