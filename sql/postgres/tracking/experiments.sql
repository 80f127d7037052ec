-- purpose: The tracking store's statements on experiments and their tags.

-- name: create
-- The location's default needs the number that the row gets, so both are taken from one sequence value.
WITH numbered AS (
  SELECT nextval(pg_get_serial_sequence('tracking.experiment', 'experiment_id')) AS experiment_id
)
INSERT INTO tracking.experiment (experiment_id, name, artifact_location, creation_time, last_update_time)
SELECT experiment_id, $1, coalesce($2, 'mlflow-artifacts:/' || experiment_id), $3, $3
FROM numbered
RETURNING experiment_id

-- name: by-ids
SELECT experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time
FROM tracking.experiment
WHERE experiment_id = ANY ($1::bigint[])

-- name: id-by-name
SELECT experiment_id FROM tracking.experiment WHERE name = $1

-- name: tags
SELECT experiment_id, key, value
FROM tracking.experiment_tag
WHERE experiment_id = ANY ($1::bigint[])
ORDER BY experiment_id, key

-- name: lock
SELECT lifecycle_stage FROM tracking.experiment WHERE experiment_id = $1 FOR UPDATE

-- name: rename
UPDATE tracking.experiment SET name = $2, last_update_time = $3 WHERE experiment_id = $1

-- name: mark
UPDATE tracking.experiment SET lifecycle_stage = $2, last_update_time = $3 WHERE experiment_id = $1

-- name: mark-runs
UPDATE tracking.run
SET lifecycle_stage = $2, deleted_time = CASE WHEN $2 = 'deleted' THEN $3::bigint END
WHERE experiment_id = $1

-- name: set-tags
INSERT INTO tracking.experiment_tag (experiment_id, key, value)
SELECT $1, key, value
FROM unnest($2::text[], $3::text[]) AS given (key, value)
ORDER BY key
ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value

-- name: delete-tag
DELETE FROM tracking.experiment_tag WHERE experiment_id = $1 AND key = $2
