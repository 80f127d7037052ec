-- purpose: What a load of this receipt did, if there was one.
select records from raw.load where receipt_key = $1
