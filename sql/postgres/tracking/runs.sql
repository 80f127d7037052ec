-- purpose: The tracking store's statements on runs and what is logged to them.

-- name: create
WITH numbered AS (SELECT replace(gen_random_uuid()::text, '-', '') AS run_id)
INSERT INTO tracking.run (run_id, experiment_id, name, user_id, start_time, artifact_uri)
SELECT numbered.run_id, experiment.experiment_id, coalesce($2, 'run-' || left(numbered.run_id, 8)), $3, $4,
       rtrim(experiment.artifact_location, '/') || '/' || numbered.run_id || '/artifacts'
FROM numbered, tracking.experiment AS experiment
WHERE experiment.experiment_id = $1
RETURNING run_id, name

-- name: by-ids
SELECT run_id, experiment_id, name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri
FROM tracking.run
WHERE run_id = ANY ($1::text[])

-- name: params
SELECT run_id, key, value FROM tracking.param WHERE run_id = ANY ($1::text[]) ORDER BY run_id, key

-- name: tags
SELECT run_id, key, value FROM tracking.tag WHERE run_id = ANY ($1::text[]) ORDER BY run_id, key

-- name: latest-metrics
SELECT run_id, key, value, timestamp, step
FROM tracking.latest_metric
WHERE run_id = ANY ($1::text[])
ORDER BY run_id, key

-- name: inputs
SELECT i.run_id, i.tags, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
FROM tracking.run_input AS i
JOIN tracking.dataset AS d USING (dataset_id)
WHERE i.run_id = ANY ($1::text[])
ORDER BY i.run_id, i.position

-- name: models
SELECT run_id, direction, model_id, step
FROM tracking.run_model
WHERE run_id = ANY ($1::text[])
ORDER BY run_id, direction, model_id

-- name: lock-shared
SELECT experiment_id, lifecycle_stage FROM tracking.run WHERE run_id = $1 FOR SHARE

-- name: lock-exclusive
SELECT experiment_id, lifecycle_stage FROM tracking.run WHERE run_id = $1 FOR UPDATE

-- name: update
UPDATE tracking.run
SET status = coalesce($2, status), end_time = coalesce($3, end_time), name = coalesce($4, name)
WHERE run_id = $1

-- name: mark
UPDATE tracking.run
SET lifecycle_stage = $2, deleted_time = CASE WHEN $2 = 'deleted' THEN $3::bigint END
WHERE run_id = $1

-- name: log-metrics
-- Both tables are written in key order, so that concurrent batches never wait for each other in a ring.
WITH given AS (
  SELECT *
  FROM unnest($2::text[], $3::float8[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[])
    AS point (key, value, timestamp, step, model_id, dataset_name, dataset_digest)
),
stored AS (
  INSERT INTO tracking.metric (run_id, key, value, timestamp, step, model_id, dataset_name, dataset_digest)
  SELECT $1, key, value, timestamp, step, model_id, dataset_name, dataset_digest
  FROM given
  ORDER BY key, timestamp, step, value
  ON CONFLICT (run_id, key, timestamp, step, value) DO NOTHING
)
INSERT INTO tracking.latest_metric AS latest (run_id, key, step, timestamp, value)
SELECT DISTINCT ON (key) $1, key, step, timestamp, value
FROM given
ORDER BY key, step DESC, timestamp DESC, value DESC
ON CONFLICT (run_id, key) DO UPDATE
SET step = excluded.step, timestamp = excluded.timestamp, value = excluded.value
WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest.step, latest.timestamp, latest.value)

-- name: log-params
INSERT INTO tracking.param (run_id, key, value)
SELECT $1, key, value
FROM unnest($2::text[], $3::text[]) AS given (key, value)
ORDER BY key
ON CONFLICT (run_id, key) DO NOTHING

-- name: changed-params
-- A statement of its own after log-params, so that it sees what a rival committed meanwhile.
SELECT given.key, param.value AS old_value, given.value AS new_value
FROM unnest($2::text[], $3::text[]) AS given (key, value)
JOIN tracking.param AS param ON param.run_id = $1 AND param.key = given.key
WHERE param.value <> given.value
ORDER BY given.key

-- name: set-tags
-- Of one key given twice the last counts, as if they had come one after the other.
INSERT INTO tracking.tag (run_id, key, value)
SELECT DISTINCT ON (key) $1, key, value
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS given (key, value, position)
ORDER BY key, position DESC
ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value

-- name: delete-tag
DELETE FROM tracking.tag WHERE run_id = $1 AND key = $2

-- name: log-datasets
-- DO UPDATE with the value that is there, because DO NOTHING would not return the row.
INSERT INTO tracking.dataset (experiment_id, name, digest, source_type, source, schema, profile)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (experiment_id, name, digest) DO UPDATE SET name = excluded.name
RETURNING dataset_id

-- name: log-input
INSERT INTO tracking.run_input (run_id, dataset_id, tags)
VALUES ($1, $2, $3::jsonb)
ON CONFLICT (run_id, dataset_id) DO NOTHING

-- name: log-models
INSERT INTO tracking.run_model (run_id, direction, model_id, step)
SELECT DISTINCT ON (model_id) $1, $2, model_id, step
FROM unnest($3::text[], $4::bigint[]) AS given (model_id, step)
ORDER BY model_id, step DESC
ON CONFLICT (run_id, direction, model_id) DO UPDATE SET step = excluded.step

-- name: metric-history
SELECT key, value, timestamp, step, model_id, dataset_name, dataset_digest
FROM tracking.metric
WHERE run_id = $1 AND key = $2
  AND ($3::bigint IS NULL OR (timestamp, step, value) > ($3::bigint, $4::bigint, $5::float8))
ORDER BY timestamp, step, value
LIMIT $6
