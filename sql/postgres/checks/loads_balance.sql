-- purpose: Each load left as many raw records as it counted.
-- inputs: raw.load, raw.record
select l.receipt_key, l.inserted, count(r.record_id) as kept
from raw.load l
left join raw.record r using (receipt_key)
group by l.receipt_key, l.inserted
having count(r.record_id) <> l.inserted
