-- purpose: The newest record date of each series of a source.
select series, max(record_date) as newest from raw.record where source = $1 group by series
