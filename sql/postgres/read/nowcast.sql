-- purpose: The newest nowcast of a metal ($1), of those made until an instant ($2, null: now).
-- inputs: dm.nowcast
select *
from dm.nowcast
where metal = $1 and ($2::timestamptz is null or made_at <= $2)
order by made_at desc, nowcast_id
limit 1
