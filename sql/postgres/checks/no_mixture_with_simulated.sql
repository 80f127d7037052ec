-- purpose: Simulated and real data never stand in one warehouse.
-- inputs: raw.load
select source, simulated
from raw.load
where (select count(distinct simulated) from raw.load) > 1
group by source, simulated
