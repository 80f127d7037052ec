-- purpose: Metal and rouble contributions add up to the log return.
-- inputs: dm.quote_daily
select metal, effective_date, log_return, metal_contribution, rouble_contribution
from dm.quote_daily
where abs(log_return - metal_contribution - rouble_contribution) > 1e-12
