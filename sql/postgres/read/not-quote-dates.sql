-- purpose: Those of the dates ($1) on which the calendar knows there is no quote.
select calendar_date, reason
from dm.working_calendar
where calendar_date = any ($1::date[]) and not is_quote_date
order by calendar_date
