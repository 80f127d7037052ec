-- purpose: Tell open pages that prices changed.
select pg_notify('assay_events', json_build_object('type', 'data')::text)
