// The runs that bench-tracking.mjs searches.
export const runsInSearch = 100_000;

/** Runs with two metrics, two parameters and two tags each, as SQL over either schema. */
export function fillOurs(experimentId) {
  const runs = `generate_series(1, ${runsInSearch}) AS i`;
  const id = "md5('run' || i)";
  return [
    `INSERT INTO tracking.run (run_id, experiment_id, name, user_id, status, start_time, artifact_uri)
     SELECT ${id}, ${experimentId}, 'run ' || i, 'u', 'FINISHED', i, 'mlflow-artifacts:/x/' || i FROM ${runs}`,
    ...['loss', 'score'].flatMap((key, place) => [
      `INSERT INTO tracking.metric (run_id, key, step, timestamp, value)
       SELECT ${id}, '${key}', 0, 1, ${spreadValue(place)} FROM ${runs}`,
      `INSERT INTO tracking.latest_metric (run_id, key, step, timestamp, value)
       SELECT ${id}, '${key}', 0, 1, ${spreadValue(place)} FROM ${runs}`,
      `INSERT INTO tracking.param (run_id, key, value) SELECT ${id}, 'p${place}', 'v' || i % 100 FROM ${runs}`,
      `INSERT INTO tracking.tag (run_id, key, value) SELECT ${id}, 't${place}', 'v' || i % 100 FROM ${runs}`,
    ]),
    'VACUUM ANALYZE',
  ];
}

export function fillMlflow(experimentId) {
  const runs = `generate_series(1, ${runsInSearch}) AS i`;
  const id = "md5('run' || i)";
  return [
    `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
                       source_version, lifecycle_stage, artifact_uri, experiment_id)
     SELECT ${id}, 'run ' || i, 'LOCAL', '', '', 'u', 'FINISHED', i, '', 'active', 'mlflow-artifacts:/x/' || i,
            ${experimentId} FROM ${runs}`,
    ...['loss', 'score'].flatMap((key, place) => [
      `INSERT INTO metrics (run_uuid, key, step, timestamp, value, is_nan)
       SELECT ${id}, '${key}', 0, 1, ${spreadValue(place)}, false FROM ${runs}`,
      `INSERT INTO latest_metrics (run_uuid, key, step, timestamp, value, is_nan)
       SELECT ${id}, '${key}', 0, 1, ${spreadValue(place)}, false FROM ${runs}`,
      `INSERT INTO params (run_uuid, key, value) SELECT ${id}, 'p${place}', 'v' || i % 100 FROM ${runs}`,
      `INSERT INTO tags (run_uuid, key, value) SELECT ${id}, 't${place}', 'v' || i % 100 FROM ${runs}`,
    ]),
    'VACUUM ANALYZE',
  ];
}

/** Spread evenly over 0..1 without order, the same in both databases. */
function spreadValue(place) {
  return `((i::bigint * ${[7919, 104_729][place]}) % 100003) / 100003.0`;
}
