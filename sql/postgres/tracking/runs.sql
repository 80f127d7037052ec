-- purpose: The tracking store's statements on runs and what is logged to them.

-- name: create
-- Any number of runs with their tags in one statement, in experiments that are active. Each experiment asked for that
-- exists is answered with its stage and its place for artefacts; in another than an active one nothing is created.
WITH experiment AS (
  SELECT experiment_id, artifact_location, lifecycle_stage
  FROM tracking.experiment
  WHERE experiment_id = ANY ($2::bigint[])
),
created AS (
  INSERT INTO tracking.run (run_id, experiment_id, name, user_id, start_time, artifact_uri)
  SELECT run_id, experiment_id, name, user_id, start_time,
         rtrim(artifact_location, '/') || '/' || run_id || '/artifacts'
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[])
    AS given (run_id, experiment_id, name, user_id, start_time)
  JOIN experiment USING (experiment_id)
  WHERE lifecycle_stage = 'active'
  RETURNING run_id
),
tagged AS (
  INSERT INTO tracking.tag (run_id, key, value)
  SELECT run_id, key, value
  FROM unnest($6::text[], $7::text[], $8::text[]) AS given (run_id, key, value)
  JOIN created USING (run_id)
)
SELECT experiment_id, rtrim(artifact_location, '/') AS location, lifecycle_stage FROM experiment

-- name: by-ids
-- What was logged to a run comes as JSON of its own, so that a page of runs is one statement and one answer.
SELECT r.run_id, r.experiment_id, r.name, r.user_id, r.status, r.start_time, r.end_time, r.lifecycle_stage,
       r.artifact_uri,
       (SELECT json_agg(json_build_array(key, value) ORDER BY key) FROM tracking.param WHERE run_id = r.run_id) AS params,
       (SELECT json_agg(json_build_array(key, value) ORDER BY key) FROM tracking.tag WHERE run_id = r.run_id) AS tags,
       (
         SELECT json_agg(json_build_array(key, value, timestamp, step) ORDER BY key)
         FROM tracking.latest_metric
         WHERE run_id = r.run_id
       ) AS metrics,
       (
         SELECT json_agg(
                  json_build_array(d.name, d.digest, d.source_type, d.source, d.schema, d.profile, i.tags)
                  ORDER BY i.position
                )
         FROM tracking.run_input AS i
         JOIN tracking.dataset AS d USING (dataset_id)
         WHERE i.run_id = r.run_id
       ) AS inputs,
       (
         SELECT json_agg(json_build_array(direction, model_id, step) ORDER BY direction, model_id)
         FROM tracking.run_model
         WHERE run_id = r.run_id
       ) AS models
FROM tracking.run AS r
WHERE r.run_id = ANY ($1::text[])

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
-- Points of any number of runs, with the greatest of each run and key ($10 and on); a point names its run by its place in
-- $1. One statement is one transaction; it is seen as before or after a rival's deletion of a run, whichever its snapshot
-- shows. Every run asked for that exists is answered with its stage, and nothing is written to one that is not active.
-- Tables are written in key order, so that rivals never wait for each other in a ring.
WITH held AS (
  SELECT run_id, lifecycle_stage, array_position($1::text[], run_id) AS place
  FROM tracking.run
  WHERE run_id = ANY ($1::text[])
),
stored AS (
  INSERT INTO tracking.metric (run_id, key, value, timestamp, step, model_id, dataset_name, dataset_digest)
  SELECT run_id, key, value, timestamp, step, model_id, dataset_name, dataset_digest
  FROM unnest($2::int[], $3::text[], $4::float8[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[])
    AS point (place, key, value, timestamp, step, model_id, dataset_name, dataset_digest)
  JOIN held USING (place)
  WHERE held.lifecycle_stage = 'active'
  ORDER BY run_id, key, timestamp, step, value
  ON CONFLICT (run_id, key, timestamp, step, value) DO NOTHING
),
latest AS (
  INSERT INTO tracking.latest_metric AS latest (run_id, key, step, timestamp, value)
  SELECT run_id, key, step, timestamp, value
  FROM unnest($10::int[], $11::text[], $12::float8[], $13::bigint[], $14::bigint[])
    AS point (place, key, value, timestamp, step)
  JOIN held USING (place)
  WHERE held.lifecycle_stage = 'active'
  ORDER BY run_id, key
  ON CONFLICT (run_id, key) DO UPDATE
  SET step = excluded.step, timestamp = excluded.timestamp, value = excluded.value
  WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest.step, latest.timestamp, latest.value)
)
SELECT run_id, lifecycle_stage FROM held

-- name: log-new-metrics
-- As log-metrics, in half the time, for points of which none is there yet; otherwise it fails and leaves nothing.
WITH held AS (
  SELECT run_id, lifecycle_stage, array_position($1::text[], run_id) AS place
  FROM tracking.run
  WHERE run_id = ANY ($1::text[])
),
stored AS (
  INSERT INTO tracking.metric (run_id, key, value, timestamp, step, model_id, dataset_name, dataset_digest)
  SELECT run_id, key, value, timestamp, step, model_id, dataset_name, dataset_digest
  FROM unnest($2::int[], $3::text[], $4::float8[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[])
    AS point (place, key, value, timestamp, step, model_id, dataset_name, dataset_digest)
  JOIN held USING (place)
  WHERE held.lifecycle_stage = 'active'
),
latest AS (
  INSERT INTO tracking.latest_metric AS latest (run_id, key, step, timestamp, value)
  SELECT run_id, key, step, timestamp, value
  FROM unnest($10::int[], $11::text[], $12::float8[], $13::bigint[], $14::bigint[])
    AS point (place, key, value, timestamp, step)
  JOIN held USING (place)
  WHERE held.lifecycle_stage = 'active'
  ORDER BY run_id, key
  ON CONFLICT (run_id, key) DO UPDATE
  SET step = excluded.step, timestamp = excluded.timestamp, value = excluded.value
  WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest.step, latest.timestamp, latest.value)
)
SELECT run_id, lifecycle_stage FROM held

-- name: log-batch
-- A batch with parameters or tags, whole or not at all, in one statement: locks are held for no round trip. A parameter
-- that has another value makes the statement fail (value becomes NULL, which the column refuses); one that is there
-- already keeps its row. Of one key given twice the last counts. A name given as a tag is the run's name as well.
WITH held AS (SELECT run_id, lifecycle_stage FROM tracking.run WHERE run_id = $1),
params AS (
  INSERT INTO tracking.param AS param (run_id, key, value)
  SELECT held.run_id, given.key, given.value
  FROM held, unnest($2::text[], $3::text[]) AS given (key, value)
  WHERE held.lifecycle_stage = 'active'
  ORDER BY given.key
  ON CONFLICT (run_id, key) DO UPDATE SET value = CASE WHEN param.value = excluded.value THEN param.value END
),
tags AS (
  INSERT INTO tracking.tag (run_id, key, value)
  SELECT DISTINCT ON (given.key) held.run_id, given.key, given.value
  FROM held, unnest($4::text[], $5::text[]) WITH ORDINALITY AS given (key, value, position)
  WHERE held.lifecycle_stage = 'active'
  ORDER BY given.key, given.position DESC
  ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value
),
named AS (
  UPDATE tracking.run SET name = $6 WHERE run_id = $1 AND lifecycle_stage = 'active' AND $6::text IS NOT NULL
),
points AS (
  SELECT held.run_id, point.*
  FROM held, unnest($7::text[], $8::float8[], $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[])
    AS point (key, value, timestamp, step, model_id, dataset_name, dataset_digest)
  WHERE held.lifecycle_stage = 'active'
),
stored AS (
  INSERT INTO tracking.metric (run_id, key, value, timestamp, step, model_id, dataset_name, dataset_digest)
  SELECT run_id, key, value, timestamp, step, model_id, dataset_name, dataset_digest
  FROM points
  ORDER BY key, timestamp, step, value
  ON CONFLICT (run_id, key, timestamp, step, value) DO NOTHING
),
latest AS (
  INSERT INTO tracking.latest_metric AS latest (run_id, key, step, timestamp, value)
  SELECT DISTINCT ON (key) run_id, key, step, timestamp, value
  FROM points
  ORDER BY key, step DESC, timestamp DESC, value DESC
  ON CONFLICT (run_id, key) DO UPDATE
  SET step = excluded.step, timestamp = excluded.timestamp, value = excluded.value
  WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest.step, latest.timestamp, latest.value)
)
SELECT lifecycle_stage FROM held

-- name: changed-params
-- Asked after log-batch was refused, for the words of the refusal.
SELECT given.key, param.value AS old_value, given.value AS new_value
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS given (key, value, position)
JOIN tracking.param AS param ON param.run_id = $1 AND param.key = given.key
WHERE param.value <> given.value
ORDER BY given.position

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

-- name: known-models
SELECT model_id FROM tracking.logged_model WHERE model_id = ANY ($1::text[])

-- name: metric-histories
SELECT run_id, key, value, timestamp, step
FROM tracking.metric
WHERE run_id = ANY ($1::text[]) AND key = $2
ORDER BY run_id, timestamp, step, value
LIMIT $3

-- name: sampled-history
-- The history of one run cut into as many equal parts as points are wanted: the first point of each, and the last of
-- all in place of the last part's, so that both ends are there.
WITH ordered AS (
  SELECT value, timestamp, step,
         ntile($3::int) OVER history AS part,
         row_number() OVER history AS place,
         count(*) OVER () AS total
  FROM tracking.metric
  WHERE run_id = $1 AND key = $2 AND ($4::bigint IS NULL OR step BETWEEN $4 AND $5::bigint)
  WINDOW history AS (ORDER BY step, timestamp, value)
),
firsts AS (
  SELECT DISTINCT ON (part) value, timestamp, step, place, total FROM ordered ORDER BY part, place
),
shown AS (
  SELECT value, timestamp, step, place FROM firsts
  WHERE total <= $3 OR place < (SELECT max(place) FROM firsts)
  UNION
  SELECT value, timestamp, step, place FROM ordered WHERE place = total
)
SELECT value, timestamp, step FROM shown ORDER BY place

-- name: dataset-summaries
SELECT DISTINCT d.experiment_id, d.name, d.digest,
       jsonb_path_query_first(i.tags, '$[*] ? (@.key == "mlflow.data.context").value') #>> '{}' AS context
FROM tracking.dataset AS d
JOIN tracking.run_input AS i USING (dataset_id)
WHERE d.experiment_id = ANY ($1::bigint[])
ORDER BY d.experiment_id, d.name, d.digest, context
LIMIT 1000

-- name: tag
SELECT value FROM tracking.tag WHERE run_id = $1 AND key = $2

-- name: metric-history
SELECT key, value, timestamp, step, model_id, dataset_name, dataset_digest
FROM tracking.metric
WHERE run_id = $1 AND key = $2
  AND ($3::bigint IS NULL OR (timestamp, step, value) > ($3::bigint, $4::bigint, $5::float8))
ORDER BY timestamp, step, value
LIMIT $6
