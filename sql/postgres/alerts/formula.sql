-- purpose: Nowcasts of a metal that rest on the formula, oldest first: when made, and the alarm if the formula did not hold.
-- $1 metal, $2 instant.
select made_at, alarm
from dm.nowcast
where metal = $1 and made_at <= $2 and cardinality(drivers) > 0
order by made_at, nowcast_id
