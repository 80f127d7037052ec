-- purpose: The tracking store's statements on registered models and their versions.

-- name: create-model
INSERT INTO tracking.registered_model (name, description, creation_time, last_updated_time)
VALUES ($1, $2, $3, $3)

-- name: models-by-names
SELECT name, description, creation_time, last_updated_time
FROM tracking.registered_model
WHERE name = ANY ($1::text[])

-- name: model-tags
SELECT name, key, value FROM tracking.registered_model_tag WHERE name = ANY ($1::text[]) ORDER BY name, key

-- name: aliases
SELECT name, alias, version FROM tracking.model_alias WHERE name = ANY ($1::text[]) ORDER BY name, alias

-- name: latest-versions
-- Stages in the order of their oldest versions, as MLflow tells them.
SELECT name, max(version) AS version
FROM tracking.model_version
WHERE name = ANY ($1::text[]) AND current_stage <> 'Deleted_Internal'
GROUP BY name, current_stage
ORDER BY name, min(version)

-- name: lock-model
SELECT name FROM tracking.registered_model WHERE name = $1 FOR UPDATE

-- name: touch-model
UPDATE tracking.registered_model SET last_updated_time = $2 WHERE name = $1

-- name: describe-model
UPDATE tracking.registered_model SET description = $2, last_updated_time = $3 WHERE name = $1

-- name: rename-model
UPDATE tracking.registered_model SET name = $2, last_updated_time = $3 WHERE name = $1

-- name: touch-versions
UPDATE tracking.model_version SET last_updated_time = $2 WHERE name = $1

-- name: delete-model
DELETE FROM tracking.registered_model WHERE name = $1

-- name: set-model-tags
INSERT INTO tracking.registered_model_tag (name, key, value)
SELECT DISTINCT ON (key) $1, key, value
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS given (key, value, position)
ORDER BY key, position DESC
ON CONFLICT (name, key) DO UPDATE SET value = excluded.value

-- name: delete-model-tag
DELETE FROM tracking.registered_model_tag WHERE name = $1 AND key = $2

-- name: create-version
-- The model's row is locked, so the next number is nobody else's; deleted versions keep theirs.
INSERT INTO tracking.model_version
  (name, version, source, storage_location, run_id, run_link, model_id, description, creation_time, last_updated_time)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $8
FROM tracking.model_version
WHERE name = $1
RETURNING version

-- name: versions-by-keys
SELECT v.name, v.version, v.current_stage, v.description, v.source, v.storage_location, v.run_id, v.run_link,
       v.model_id, v.creation_time, v.last_updated_time
FROM unnest($1::text[], $2::int[]) AS wanted (name, version)
JOIN tracking.model_version AS v USING (name, version)
WHERE v.current_stage <> 'Deleted_Internal'

-- name: version-tags
SELECT t.name, t.version, t.key, t.value
FROM unnest($1::text[], $2::int[]) AS wanted (name, version)
JOIN tracking.model_version_tag AS t USING (name, version)
ORDER BY t.name, t.version, t.key

-- name: describe-version
UPDATE tracking.model_version
SET description = $3, last_updated_time = $4
WHERE name = $1 AND version = $2 AND current_stage <> 'Deleted_Internal'

-- name: delete-version
UPDATE tracking.model_version
SET current_stage = 'Deleted_Internal', last_updated_time = $3, description = NULL, source = NULL,
    storage_location = NULL, run_id = NULL, run_link = NULL, model_id = NULL
WHERE name = $1 AND version = $2 AND current_stage <> 'Deleted_Internal'

-- name: delete-version-aliases
DELETE FROM tracking.model_alias WHERE name = $1 AND version = $2

-- name: transition
-- One statement moves the version and, when asked, whatever else is in the stage; each move leaves its record.
-- Moving a version to where it is already changes nothing but its time.
WITH target AS (
  SELECT name, version
  FROM tracking.model_version
  WHERE name = $1 AND version = $2 AND current_stage <> 'Deleted_Internal'
),
moves AS (
  SELECT v.name, v.version, v.current_stage AS from_stage,
         CASE WHEN v.version = $2 THEN $3 ELSE 'Archived' END AS to_stage
  FROM tracking.model_version AS v
  JOIN target ON target.name = v.name
  WHERE v.version = $2 OR ($4 AND v.current_stage = $3)
),
moved AS (
  UPDATE tracking.model_version AS v
  SET current_stage = moves.to_stage, last_updated_time = $5
  FROM moves
  WHERE v.name = moves.name AND v.version = moves.version
  RETURNING v.version
),
recorded AS (
  INSERT INTO tracking.stage_transition (name, version, from_stage, to_stage, at)
  SELECT name, version, from_stage, to_stage, $5
  FROM moves
  WHERE from_stage <> to_stage
  ORDER BY version = $2, version
)
SELECT version FROM moved

-- name: set-version-tags
INSERT INTO tracking.model_version_tag (name, version, key, value)
SELECT DISTINCT ON (key) $1, $2::int, key, value
FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS given (key, value, position)
ORDER BY key, position DESC
ON CONFLICT (name, version, key) DO UPDATE SET value = excluded.value

-- name: delete-version-tag
DELETE FROM tracking.model_version_tag WHERE name = $1 AND version = $2 AND key = $3

-- name: set-alias
INSERT INTO tracking.model_alias (name, alias, version)
VALUES ($1, $2, $3)
ON CONFLICT (name, alias) DO UPDATE SET version = excluded.version

-- name: delete-alias
DELETE FROM tracking.model_alias WHERE name = $1 AND alias = $2

-- name: version-by-alias
SELECT version FROM tracking.model_alias WHERE name = $1 AND alias = $2
