import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AirflowRelease, airflowReleases } from '../support/airflow.ts';
import { type DagTrial, tryDags } from '../support/airflow-trial.ts';

/** Every DAG with what a person would give it; few models, because it is the DAGs that are tried. */
const runs = [
  'assay_ingest={"from":"2015-02-03","to":"2019-06-29"}',
  'assay_transform',
  'assay_train={"models":"naive,drift","shards":2}',
  'assay_forecast={"horizon":5}',
  'assay_publish',
  'assay_score',
  'assay_nowcast',
  'assay_notify',
];

for (const release of airflowReleases) {
  const title = `DAGs on a real ${release.name} (skipped where it is not installed)`;
  describe.skipIf(!release.isInstalled)(title, () => describeDags(release));
}

function describeDags(release: AirflowRelease): void {
  let trial: DagTrial;

  beforeAll(async () => {
    trial = await tryDags(release, runs);
  }, 900_000);
  afterAll(() => trial?.stop());

  it('import without an error or a warning, one for each layer and each flow with hours of its own', () => {
    const layers = ['ingest', 'transform', 'publish', 'train', 'forecast', 'score'];
    const dags = [...layers, 'notify', 'nowcast'].map((name) => `assay_${name}`);
    expect(trial.results[0]).toEqual({ errors: {}, warnings: [], dags: [...dags, ...release.furtherDags].toSorted() });
  });

  it('run to the end, each as `airflow dags test` runs it', () => {
    const names = runs.map((run) => run.split('=')[0]);
    // Silver's history is too short to compare models, so nobody forecasts it: its tasks are skipped, gold's are not.
    const skipped: Record<string, string[][]> = {
      assay_train: [
        ['plan', 'skipped'],
        ['promote', 'skipped'],
      ],
      assay_forecast: [['forecast', 'skipped']],
    };
    expect(trial.results.slice(1, -1)).toEqual(
      names.map((dag = '') => ({ ran: dag, unlike_success: skipped[dag] ?? [] })),
    );
  });

  it('tell the DAGs that follow in whose slot they run', () => {
    const flows = ['forecast', 'notify', 'nowcast', 'promote', 'publish', 'score', 'sync', 'train', 'transform'];
    // `airflow dags test` of Airflow 2 leaves no events.
    const told = release.keepsEventsOfTests ? flows.map((flow) => `${flow} manual__`) : [];
    expect(trial.results.at(-1)).toEqual({ told });
  });

  it('leave the records that the same commands leave, each once and told to be of Airflow', async () => {
    const found = await trial.ask(
      'select flow, trigger, status, count(*)::int as runs from ops.run group by 1, 2, 3 order by 1, 3',
    );
    const flows = ['forecast', 'notify', 'nowcast', 'promote', 'publish', 'score', 'sync', 'train', 'transform'];
    const runsOf = (flow: string) => {
      const told = { flow, trigger: 'airflow', status: 'succeeded', runs: flow === 'nowcast' ? 2 : 1 };
      return ['forecast', 'promote'].includes(flow) ? [{ ...told, status: 'failed' }, told] : [told];
    };
    expect(found).toEqual(flows.flatMap(runsOf));
    const points = await trial.ask('select count(*)::int as points from dm.forecast_point');
    expect(points).toEqual([{ points: 5 }]);
  });
}
