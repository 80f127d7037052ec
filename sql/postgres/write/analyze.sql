-- purpose: Fresh statistics for the planner after a first load, long before autovacuum comes by.
analyze raw.load, raw.record, ods.metal_quote, ods.fx_rate, ods.hold_decision, dm.quote_daily, dm.monthly
