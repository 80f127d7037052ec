-- purpose: The tracking store's statements on logged models.

-- name: create
WITH numbered AS (SELECT 'm-' || replace(gen_random_uuid()::text, '-', '') AS model_id)
INSERT INTO tracking.logged_model
  (model_id, experiment_id, name, model_type, source_run_id, artifact_location, creation_time, last_updated_time)
SELECT numbered.model_id, experiment.experiment_id, coalesce($2, 'model-' || substr(numbered.model_id, 3, 8)), $3, $4,
       rtrim(experiment.artifact_location, '/') || '/models/' || numbered.model_id || '/artifacts', $5, $5
FROM numbered, tracking.experiment AS experiment
WHERE experiment.experiment_id = $1
RETURNING model_id

-- name: by-ids
SELECT model_id, experiment_id, name, model_type, source_run_id, artifact_location, status, lifecycle_stage,
       creation_time, last_updated_time
FROM tracking.logged_model
WHERE model_id = ANY ($1::text[])

-- name: params
SELECT model_id, key, value FROM tracking.logged_model_param WHERE model_id = ANY ($1::text[]) ORDER BY model_id, key

-- name: tags
SELECT model_id, key, value FROM tracking.logged_model_tag WHERE model_id = ANY ($1::text[]) ORDER BY model_id, key

-- name: metrics
SELECT model_id, run_id, key, value, timestamp, step, dataset_name, dataset_digest
FROM tracking.metric
WHERE model_id = ANY ($1::text[])
ORDER BY model_id, key, timestamp, step, value

-- name: lock
SELECT lifecycle_stage FROM tracking.logged_model WHERE model_id = $1 FOR UPDATE

-- name: finalize
UPDATE tracking.logged_model SET status = $2, last_updated_time = $3 WHERE model_id = $1

-- name: delete
UPDATE tracking.logged_model SET lifecycle_stage = 'deleted', last_updated_time = $2 WHERE model_id = $1

-- name: log-params
INSERT INTO tracking.logged_model_param (model_id, key, value)
SELECT DISTINCT ON (key) $1, key, value
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS given (key, value, position)
ORDER BY key, position DESC
ON CONFLICT (model_id, key) DO NOTHING

-- name: set-tags
INSERT INTO tracking.logged_model_tag (model_id, key, value)
SELECT DISTINCT ON (key) $1, key, value
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS given (key, value, position)
ORDER BY key, position DESC
ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value

-- name: delete-tag
DELETE FROM tracking.logged_model_tag WHERE model_id = $1 AND key = $2
