import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AirflowRelease, airflowReleases, askAirflow } from '../support/airflow.ts';
import { builtCli } from '../support/installation.ts';

interface Manifest {
  readonly flows: readonly {
    readonly name: string;
    readonly layer: string | null;
    readonly after: readonly string[];
    readonly parameters: readonly { readonly name: string; readonly type: string; readonly flag: string | null }[];
    readonly timeoutSeconds: number;
  }[];
  readonly schedules: readonly { readonly cron: string; readonly flow: string; readonly begins?: string }[];
}

interface DagDescription {
  readonly crons: readonly string[];
  readonly after: readonly string[];
  readonly seconds: number;
  readonly late_after: number;
  readonly params: Readonly<Record<string, object>>;
  readonly refused: readonly object[];
  readonly tasks: Readonly<Record<string, { retries: number; seconds: number | null; pool: string; mapped: boolean }>>;
}

/** What each task asks for in one place where tasks run. */
interface Place {
  readonly mode: 'shell' | 'docker' | 'kubernetes';
  readonly errors: object;
  // biome-ignore lint/suspicious/noExplicitAny: requests of Docker and Kubernetes, in their own shapes.
  readonly asks: Readonly<Record<string, { skips: number[]; keeps: boolean; asks: any }>>;
  readonly is_secret_kept: boolean;
}

const secret = 'hush-hush';
const image = 'registry.test/assay:1';
const command = "assay of --this 'task' | cat";

for (const release of airflowReleases) {
  const title = `DAGs as ${release.name} has them (skipped where it is not installed)`;
  describe.skipIf(!release.isInstalled)(title, () => describeDags(release));
}

function describeDags(release: AirflowRelease): void {
  const folder = mkdtempSync(join(tmpdir(), 'assay-airflow-'));
  let manifest: Manifest;
  let places: readonly Place[];
  let dags: Readonly<Record<string, DagDescription>>;
  let told: { told: string[]; slots: string[] };

  beforeAll(async () => {
    const text = execFileSync(process.execPath, [builtCli, 'manifest', '--json'], { encoding: 'utf8' });
    manifest = JSON.parse(text);
    const results = await askAirflow(release, 'describe_dags.py', { environment: settingsOf(folder, text) });
    places = results.filter((result) => 'mode' in result) as unknown as Place[];
    const described = results.find((result) => 'dags' in result) as typeof told & { dags: typeof dags };
    dags = described.dags;
    told = described;
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('start by the hours and after the flows that the manifest names', () => {
    const layered = manifest.flows.filter(({ layer }) => layer !== null);
    const hoursOf = (names: string[]) => {
      const ours = manifest.schedules.filter(({ flow, begins }) => names.includes(begins ?? flow));
      return ours.map(({ cron }) => cron).toSorted();
    };
    const dagOf = ({ name, layer }: (typeof layered)[number]) =>
      manifest.schedules.some(({ flow }) => flow === name) ? `assay_${name}` : `assay_${layer}`;
    for (const dag of new Set(layered.map(dagOf))) {
      const [first] = layered.filter((flow) => dagOf(flow) === dag);
      const all = Object.entries(dags).filter(([name]) => name === dag || name.startsWith(`${dag}_`));
      expect(all.flatMap(([, { crons }]) => crons).toSorted(), dag).toEqual(hoursOf([first?.name ?? '']));
      expect(dags[dag]?.after, dag).toEqual(first?.after.toSorted());
    }
    expect(dags['assay_nowcast']?.crons.length).toBe(release.furtherDags.length > 0 ? 1 : 3);
  });

  it('try again, end in time, wait in pools and fan out where the flow does', () => {
    for (const { name, timeoutSeconds, layer } of manifest.flows.filter((flow) => flow.layer !== null)) {
      const dag = dags[`assay_${name}`] ?? dags[`assay_${layer}`];
      for (const task of name === 'train' ? ['plan', 'shard', 'join'] : [name]) {
        const pool = ['plan', 'shard', 'join'].includes(task) ? 'assay_shards' : 'assay_flows';
        expect(dag?.tasks[task], task).toEqual({ retries: 3, seconds: timeoutSeconds, pool, mapped: true });
      }
    }
    for (const [name, { seconds, late_after }] of Object.entries(dags)) expect(late_after, name).toBe(seconds / 2);
    expect(dags['assay_train']?.seconds).toBe(4 * (7_560 + 360));
  });

  it('take the parameters of the manifest by their types, and refuse others', () => {
    const metals = { type: 'array', items: { type: 'string', enum: expect.arrayContaining(['gold']) }, minItems: 1 };
    const date = { type: ['null', 'string'], format: 'date' };
    expect(dags['assay_ingest']?.params).toEqual({ from: date, to: date, loadOnly: { type: 'boolean' } });
    const horizon = { type: ['null', 'integer'], minimum: 1, maximum: 14 };
    expect(dags['assay_forecast']?.params).toEqual({ metals, horizon });
    const text = { type: ['null', 'string'] };
    const shards = { type: 'integer', minimum: 1, maximum: 1000 };
    expect(dags['assay_train']?.params).toEqual({ metals, models: text, reason: text, shards });
    const refusedMetals = [{ metals: ['tin'] }, { metals: [] }];
    expect(dags['assay_ingest']?.refused).toEqual([{ from: 'yesterday' }]);
    expect(dags['assay_forecast']?.refused).toEqual([...refusedMetals, { horizon: 0 }, { horizon: 15 }]);
    expect(dags['assay_train']?.refused).toEqual([...refusedMetals, { shards: 0 }]);
  });

  it('tell of a run that failed and of one that is late', () => {
    expect(told.told).toEqual([
      'assay_train failed: scheduled__1. What ran: assay runs; then clear the failed tasks.',
      'assay_train takes more than half of its time limit.',
    ]);
  });

  it('name a run by the hour it was due, by the person’s run, or by the run it follows', () => {
    expect(told.slots).toEqual([
      '2026-01-02T13:30:00Z',
      'manual__2026-01-02T13:30:01-00:00',
      'sync-2026-01-02T13:30:00Z',
    ]);
  });

  it('import wherever tasks run, skip what is not ready, and keep no secret', () => {
    expect(places.map(({ mode }) => mode)).toEqual(['shell', 'docker', 'kubernetes']);
    for (const { errors, asks, is_secret_kept } of places) {
      expect({ errors, is_secret_kept }).toEqual({ errors: {}, is_secret_kept: false });
      expect(Object.keys(asks)).toHaveLength(11 + release.furtherDags.length);
      for (const { skips } of Object.values(asks)) expect(skips).toEqual([6]);
    }
  });

  const asked = (mode: Place['mode']) => {
    const asks = Object.entries(places.find((place) => place.mode === mode)?.asks ?? {});
    expect(asks.length, mode).toBeGreaterThan(0);
    return asks;
  };

  it('run commands in the worker’s shell, over its own environment', () => {
    for (const [, { asks }] of asked('shell')) expect(asks).toEqual({ command, environment: null });
  });

  it('ask Docker for the image and the command as one word, with the settings of the worker', () => {
    for (const [, { asks, keeps }] of asked('docker')) {
      expect(asks).toMatchObject({ Image: image, Entrypoint: ['bash', '-c'], Cmd: [command] });
      expect(asks.HostConfig.NetworkMode).toBe('stack');
      const settings = ['ASSAY_THREADS=1', `DATABASE_URL=postgres://assay:${secret}@db/assay`, 'LAKE_URL=s3://lake/a'];
      expect(asks.Env.filter((one: string) => !one.startsWith('AWS_')).toSorted()).toEqual(settings);
      expect(keeps).toBe(true);
    }
  });

  it('ask Kubernetes for a pod whose settings are a secret’s, and for the result of a plan by a file', () => {
    for (const [task, { asks, keeps }] of asked('kubernetes')) {
      const isPlan = task.endsWith('.plan');
      const [base, ...beside] = asks.spec.containers;
      expect(base).toMatchObject({ name: 'base', image, command: ['bash', '-c'], args: [command] });
      expect(base.env_from).toMatchObject([{ secret_ref: { name: 'assay-settings' } }]);
      expect(base.env).toMatchObject([{ name: 'ASSAY_DATA', value: '/data' }]);
      expect(base.security_context).toMatchObject({ read_only_root_filesystem: true });
      expect(asks.spec.security_context).toMatchObject({ run_as_non_root: true });
      expect(JSON.stringify(asks)).not.toContain(secret);
      expect(keeps).toBe(isPlan);
      expect(beside.map(({ name }: { name: string }) => name)).toEqual(isPlan ? ['airflow-xcom-sidecar'] : []);
      const mounts = base.volume_mounts.map(({ mount_path }: { mount_path: string }) => mount_path);
      expect(mounts).toEqual(expect.arrayContaining(['/data', '/tmp', ...(isPlan ? ['/airflow/xcom'] : [])]));
    }
  });
}

/** Of Airflow and of a worker: the database's address in a file, as secrets are; a cluster that nobody asks. */
function settingsOf(folder: string, manifest: string): Record<string, string> {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const cluster = {
    clusters: [{ name: 'none', cluster: { server: 'http://127.0.0.1:9' } }],
    contexts: [{ name: 'none', context: { cluster: 'none', user: 'none' } }],
    users: [{ name: 'none', user: {} }],
  };
  return {
    AIRFLOW_HOME: folder,
    AIRFLOW_CONN_KUBERNETES_DEFAULT: 'kubernetes://',
    KUBECONFIG: file('kubeconfig', JSON.stringify({ 'current-context': 'none', ...cluster })),
    AIRFLOW_ASSAY_MANIFEST: file('manifest.json', manifest),
    AIRFLOW_ASSAY_IMAGE: image,
    AIRFLOW_ASSAY_NETWORK: 'stack',
    DATABASE_URL_FILE: file('database_url', `postgres://assay:${secret}@db/assay\n`),
    LAKE_URL: 's3://lake/a',
    ASSAY_THREADS: '1',
    ASSAY_DATA: folder,
    SECRET: secret,
  };
}
