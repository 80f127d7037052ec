import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMlflowTracking } from '../../src/adapters/tracking/mlflow-client.ts';
import { PlatformError } from '../../src/domain/errors.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import type { Tracking } from '../../src/ports/tracking.ts';
import { buildEntry } from '../support/build.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

const kills = 30;
const experiment = 'killed';
const model = 'killed-model';

describe(`a tracking server killed ${kills} times`, () => {
  let witness: TrackingServer;
  let entry: string;

  beforeAll(async () => {
    witness = await openTrackingServer();
    entry = await buildEntry('tests/crash/tracking-process.ts');
  });

  afterAll(() => witness?.close());

  it('keeps every acknowledged batch whole, no part of another, and one version in Production', async () => {
    const { tracking } = witness;
    const runId = await tracking.startRun({ experiment, name: 'run', startedAtMs: 1 });
    for (let version = 1; version <= 3; version++) {
      const owner = await tracking.startRun({ experiment, name: `v${version}`, startedAtMs: version });
      await tracking.registerVersion(model, owner, 'model', {});
    }
    await tracking.transition(model, 1, 'Production', true);

    const acknowledged = new Set<number>();
    for (let round = 0; round < kills; round++) {
      await logUntilKilled(runId, round, acknowledged);
      const production = (await tracking.versions(model)).filter((version) => version.stage === 'Production');
      expect(production).toHaveLength(1);
    }

    const [run] = await tracking.searchRuns(experiment, `attributes.run_id = '${runId}'`, 1);
    const params = new Set(Object.keys(run?.params ?? {}));
    const tags = new Set(Object.keys(run?.tags ?? {}));
    const metrics = new Set(Object.keys(run?.metrics ?? {}));
    expect(acknowledged.size).toBeGreaterThanOrEqual(kills);
    for (const batch of acknowledged) expect(params.has(`b${batch}`)).toBe(true);
    for (const name of params) {
      expect([name, tags.has(name), metrics.has(`${name}.first`), metrics.has(`${name}.last`)]).toEqual([
        name,
        true,
        true,
        true,
      ]);
    }
    expect(metrics.size).toBe(params.size * 2);
    for (const batch of acknowledged) {
      expect((await tracking.getArtefact(runId, `b${batch}.bin`)).length).toBe(20_000);
    }
    // At most what was under way at each kill is there without having been acknowledged.
    expect(params.size).toBeLessThanOrEqual(acknowledged.size + kills);
  });

  /** Logs batches and moves versions through a server of its own until it is killed some milliseconds later. */
  async function logUntilKilled(runId: string, round: number, acknowledged: Set<number>): Promise<void> {
    const child = spawn(process.execPath, [entry, witness.databaseUrl, witness.lakeFolder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const url = `http://127.0.0.1:${await firstLine(child)}`;
    const tracking = createMlflowTracking({ url, clock: { now: () => instant(0) }, retryDelayMs: 1 });
    let timer: NodeJS.Timeout | undefined;
    try {
      for (let number = round * 1000; ; number++) {
        await oneRound(tracking, runId, number, acknowledged);
        // Each round a little later, so that the moments spread over all the steps of a request.
        timer ??= setTimeout(() => child.kill('SIGKILL'), round * 4);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(PlatformError);
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    } finally {
      clearTimeout(timer);
      child.kill('SIGKILL');
      await ended;
    }
  }

  async function oneRound(tracking: Tracking, runId: string, batch: number, acknowledged: Set<number>): Promise<void> {
    const name = `b${batch}`;
    await tracking.putArtefact(runId, `${name}.bin`, new Uint8Array(20_000).fill(batch % 256));
    await tracking.logBatch(runId, {
      params: { [name]: 'v' },
      metrics: ['first', 'last'].map((end) => ({ key: `${name}.${end}`, value: batch, step: 0, timestampMs: batch })),
      tags: { [name]: 'v' },
    });
    acknowledged.add(batch);
    await tracking.transition(model, (batch % 3) + 1, 'Production', true);
  }
});

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8');
    child.stdout?.once('data', (text: string) => resolve(text.trim()));
    child.once('error', reject);
    child.once('close', () => reject(new PlatformError('ENGINE_FAILED', 'The server ended before it listened.')));
  });
}
