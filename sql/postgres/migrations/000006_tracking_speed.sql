-- purpose: Points of metrics are written by one statement that takes only runs it has just read, and no run is ever
-- erased: the foreign keys would look each point's run up a second time, a quarter of the work of logging.

ALTER TABLE tracking.metric DROP CONSTRAINT metric_run_id_fkey;
ALTER TABLE tracking.latest_metric DROP CONSTRAINT latest_metric_run_id_fkey;
