-- purpose: Pieces that a search is put together from: one statement per kind of row, one condition per clause.
-- {marks} the order's values as texts, {joins} sources of ordered values, {conditions} clauses joined by AND,
-- {order} and {limit} as said. {key} and {value} become numbered parameters, {operator} one of a closed list,
-- {column} a column of the kind's own list, {on} a test of a metric's data set: text of a request never becomes text of a statement.

-- name: run
SELECT r.run_id AS id, ARRAY[{marks}]::text[] AS marks
FROM tracking.run AS r
{joins}
WHERE r.experiment_id = ANY ($1::bigint[]) AND r.lifecycle_stage = ANY ($2::text[]) {conditions}
ORDER BY {order}
LIMIT {limit}

-- name: experiment
SELECT r.experiment_id AS id, ARRAY[{marks}]::text[] AS marks
FROM tracking.experiment AS r
{joins}
WHERE r.lifecycle_stage = ANY ($1::text[]) {conditions}
ORDER BY {order}
LIMIT {limit}

-- name: model
SELECT r.name AS id, ARRAY[{marks}]::text[] AS marks
FROM tracking.registered_model AS r
{joins}
WHERE true {conditions}
ORDER BY {order}
LIMIT {limit}

-- name: version
SELECT r.name AS id, r.version, ARRAY[{marks}]::text[] AS marks
FROM tracking.model_version AS r
{joins}
WHERE r.current_stage <> 'Deleted_Internal' {conditions}
ORDER BY {order}
LIMIT {limit}

-- name: logged
SELECT r.model_id AS id, ARRAY[{marks}]::text[] AS marks
FROM tracking.logged_model AS r
{joins}
WHERE r.experiment_id = ANY ($1::bigint[]) AND r.lifecycle_stage = 'active' {conditions}
ORDER BY {order}
LIMIT {limit}

-- name: attribute
{column} {operator} {value}

-- name: attribute.IN
{column} = ANY ({value})

-- name: attribute.NOT IN
{column} <> ALL ({value})

-- name: run.metric
EXISTS (
  SELECT FROM tracking.latest_metric AS f
  WHERE f.run_id = r.run_id AND f.key = {key} AND f.value {operator} {value}::float8 AND f.value <> 'NaN'
)

-- name: run.metric.!=
EXISTS (
  SELECT FROM tracking.latest_metric AS f
  WHERE f.run_id = r.run_id AND f.key = {key} AND f.value <> {value}::float8
)

-- name: run.parameter
EXISTS (
  SELECT FROM tracking.param AS f
  WHERE f.run_id = r.run_id AND f.key = {key} AND f.value {operator} {value}::text
)

-- name: run.parameter.=
EXISTS (
  SELECT FROM tracking.param AS f
  WHERE f.run_id = r.run_id AND f.key = {key} AND md5(f.value) = md5({value}::text) AND f.value = {value}::text
)

-- name: run.parameter.IS NULL
NOT EXISTS (SELECT FROM tracking.param AS f WHERE f.run_id = r.run_id AND f.key = {key})

-- name: run.parameter.IS NOT NULL
EXISTS (SELECT FROM tracking.param AS f WHERE f.run_id = r.run_id AND f.key = {key})

-- name: run.tag
EXISTS (
  SELECT FROM tracking.tag AS f
  WHERE f.run_id = r.run_id AND f.key = {key} AND f.value {operator} {value}::text
)

-- name: run.tag.=
EXISTS (
  SELECT FROM tracking.tag AS f
  WHERE f.run_id = r.run_id AND f.key = {key} AND md5(f.value) = md5({value}::text) AND f.value = {value}::text
)

-- name: run.tag.IS NULL
NOT EXISTS (SELECT FROM tracking.tag AS f WHERE f.run_id = r.run_id AND f.key = {key})

-- name: run.tag.IS NOT NULL
EXISTS (SELECT FROM tracking.tag AS f WHERE f.run_id = r.run_id AND f.key = {key})

-- name: run.dataset
EXISTS (
  SELECT FROM tracking.run_input AS i
  JOIN tracking.dataset AS d USING (dataset_id)
  WHERE i.run_id = r.run_id AND {column} {operator} {value}::text
)

-- name: run.dataset.IN
EXISTS (
  SELECT FROM tracking.run_input AS i
  JOIN tracking.dataset AS d USING (dataset_id)
  WHERE i.run_id = r.run_id AND {column} = ANY ({value}::text[])
)

-- name: run.dataset.NOT IN
EXISTS (
  SELECT FROM tracking.run_input AS i
  JOIN tracking.dataset AS d USING (dataset_id)
  WHERE i.run_id = r.run_id AND {column} <> ALL ({value}::text[])
)

-- name: experiment.tag
EXISTS (
  SELECT FROM tracking.experiment_tag AS f
  WHERE f.experiment_id = r.experiment_id AND f.key = {key} AND f.value {operator} {value}::text
)

-- name: experiment.tag.IS NULL
NOT EXISTS (SELECT FROM tracking.experiment_tag AS f WHERE f.experiment_id = r.experiment_id AND f.key = {key})

-- name: experiment.tag.IS NOT NULL
EXISTS (SELECT FROM tracking.experiment_tag AS f WHERE f.experiment_id = r.experiment_id AND f.key = {key})

-- name: model.tag
EXISTS (
  SELECT FROM tracking.registered_model_tag AS f
  WHERE f.name = r.name AND f.key = {key} AND f.value {operator} {value}::text
)

-- name: version.tag
EXISTS (
  SELECT FROM tracking.model_version_tag AS f
  WHERE f.name = r.name AND f.version = r.version AND f.key = {key} AND f.value {operator} {value}::text
)

-- name: logged.metric
EXISTS (
  SELECT FROM tracking.metric AS f
  WHERE f.model_id = r.model_id AND f.key = {key} AND f.value {operator} {value}::float8 AND f.value <> 'NaN' AND {on}
)

-- name: logged.datasets
EXISTS (SELECT FROM tracking.metric AS f WHERE f.model_id = r.model_id AND {on})

-- name: on.any
true

-- name: on.datasets
EXISTS (
  SELECT FROM unnest({names}::text[], {digests}::text[]) AS wanted (name, digest)
  WHERE (wanted.name IS NULL OR f.dataset_name = wanted.name)
    AND (wanted.digest IS NULL OR f.dataset_digest = wanted.digest)
)

-- name: logged.parameter.IN
EXISTS (
  SELECT FROM tracking.logged_model_param AS f
  WHERE f.model_id = r.model_id AND f.key = {key} AND f.value = ANY ({value}::text[])
)

-- name: logged.parameter.NOT IN
EXISTS (
  SELECT FROM tracking.logged_model_param AS f
  WHERE f.model_id = r.model_id AND f.key = {key} AND f.value <> ALL ({value}::text[])
)

-- name: logged.tag.IN
EXISTS (
  SELECT FROM tracking.logged_model_tag AS f
  WHERE f.model_id = r.model_id AND f.key = {key} AND f.value = ANY ({value}::text[])
)

-- name: logged.tag.NOT IN
EXISTS (
  SELECT FROM tracking.logged_model_tag AS f
  WHERE f.model_id = r.model_id AND f.key = {key} AND f.value <> ALL ({value}::text[])
)

-- name: logged.parameter
EXISTS (
  SELECT FROM tracking.logged_model_param AS f
  WHERE f.model_id = r.model_id AND f.key = {key} AND f.value {operator} {value}::text
)

-- name: logged.tag
EXISTS (
  SELECT FROM tracking.logged_model_tag AS f
  WHERE f.model_id = r.model_id AND f.key = {key} AND f.value {operator} {value}::text
)

-- name: order.logged.metric
LEFT JOIN LATERAL (
  SELECT f.value
  FROM tracking.metric AS f
  WHERE f.model_id = r.model_id AND f.key = {key} AND {on}
  ORDER BY f.timestamp DESC, f.step DESC, f.run_id
  LIMIT 1
) AS {alias} ON true

-- name: order.metric
LEFT JOIN tracking.latest_metric AS {alias} ON {alias}.run_id = r.run_id AND {alias}.key = {key}

-- name: order.metric.known
JOIN tracking.latest_metric AS {alias} ON {alias}.run_id = r.run_id AND {alias}.key = {key} AND {alias}.value < 'NaN'

-- name: order.parameter
LEFT JOIN tracking.param AS {alias} ON {alias}.run_id = r.run_id AND {alias}.key = {key}

-- name: order.tag
LEFT JOIN tracking.tag AS {alias} ON {alias}.run_id = r.run_id AND {alias}.key = {key}

-- name: rank
CASE WHEN {column} IS NULL THEN 1 ELSE 0 END

-- name: rank.metric
CASE WHEN {column} IS NULL THEN 2 WHEN {column} = 'NaN' THEN 1 ELSE 0 END

-- name: value.metric
NULLIF({column}, 'NaN')
