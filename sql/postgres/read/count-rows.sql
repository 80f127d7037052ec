-- purpose: Rows of every table of every layer, in the order data flows.
select name, count
from (
  values
    (1, 'raw.load', (select count(*) from raw.load)),
    (2, 'raw.record', (select count(*) from raw.record)),
    (3, 'ods.metal_quote', (select count(*) from ods.metal_quote)),
    (4, 'ods.fx_rate', (select count(*) from ods.fx_rate)),
    (5, 'ods.driver', (select count(*) from ods.driver)),
    (6, 'ods.hold_decision', (select count(*) from ods.hold_decision)),
    (7, 'dm.working_calendar', (select count(*) from dm.working_calendar)),
    (8, 'dm.quote_daily', (select count(*) from dm.quote_daily)),
    (9, 'dm.anomaly', (select count(*) from dm.anomaly)),
    (10, 'dm.monthly', (select count(*) from dm.monthly)),
    (11, 'dm.yearly', (select count(*) from dm.yearly)),
    (12, 'dm.training_set', (select count(*) from dm.training_set)),
    (13, 'dm.forecast_vintage', (select count(*) from dm.forecast_vintage)),
    (14, 'dm.forecast_point', (select count(*) from dm.forecast_point)),
    (15, 'dm.forecast_vs_fact', (select count(*) from dm.forecast_vs_fact)),
    (16, 'dm.tournament', (select count(*) from dm.tournament)),
    (17, 'dm.tournament_model', (select count(*) from dm.tournament_model)),
    (18, 'dm.model_score', (select count(*) from dm.model_score)),
    (19, 'dm.model_figure', (select count(*) from dm.model_figure)),
    (20, 'dm.nowcast', (select count(*) from dm.nowcast))
) as counted (position, name, count)
order by position
