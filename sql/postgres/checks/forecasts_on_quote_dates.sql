-- purpose: No forecast is for a day without quotes; a date that was provisional when forecast may turn out otherwise.
-- inputs: dm.forecast_point, dm.working_calendar
select p.vintage_id, p.horizon, p.target_date
from dm.forecast_point p
left join dm.working_calendar c on c.calendar_date = p.target_date
where not p.is_provisional and c.is_quote_date is not true
