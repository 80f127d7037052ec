-- purpose: The newest nowcast of a metal ($1).
-- inputs: dm.nowcast
select *
from dm.nowcast
where metal = $1
order by made_at desc, nowcast_id
limit 1
