-- purpose: Receipts of a source that were loaded.
select receipt_key from raw.load where source = $1
