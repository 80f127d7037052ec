import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Search } from '../../src/ports/tracking-store.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

let server: TrackingServer;
let experimentId: string;

/** Name and loss of each run; null for a run that never logged one. */
const losses: readonly (readonly [string, number | null])[] = [
  ['a', 3],
  ['b', null],
  ['c', Number.NaN],
  ['d', -1],
  ['e', 3],
  ['f', Number.POSITIVE_INFINITY],
  ['g', null],
  ['h', Number.NaN],
  ['i', Number.NEGATIVE_INFINITY],
];

beforeAll(async () => {
  server = await openTrackingServer();
  experimentId = await server.store.createExperiment('ordered', null, []);
  for (const [startTime, [name, value]] of losses.entries()) {
    const { info } = await server.store.createRun({ experimentId, name, userId: 'u', startTime, tags: [] });
    const metrics = [{ key: 'all', value: startTime, timestamp: 1, step: 0 }];
    if (value !== null) metrics.push({ key: 'loss', value, timestamp: 1, step: 0 });
    await server.store.logBatch(info.runId, { metrics, params: [], tags: [] });
  }
});

afterAll(() => server?.close());

async function namesBy(ascending: boolean, limit: number, more: Partial<Search> = {}): Promise<string> {
  let names = '';
  let pageToken: string | null = null;
  do {
    const order = [{ entity: 'metric', key: 'loss', ascending }] as const;
    const search: Search = { clauses: [], order, limit, pageToken, ...more };
    const page = await server.store.searchRuns([experimentId], search, ['active']);
    names += page.rows.map(({ info }) => info.name).join('');
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  return names;
}

describe('runs in the order of a metric', () => {
  it.each([1, 2, 3, 4, 9, 100])('come known values first, then NaN, then none, in pages of %i', async (limit) => {
    // Of equal ones the newest first.
    expect(await namesBy(true, limit)).toBe('ideafhcgb');
    expect(await namesBy(false, limit)).toBe('feadihcgb');
  });

  it.each([1, 2, 3])('are filtered by another metric in the same statement, in pages of %i', async (limit) => {
    const clauses = [{ entity: 'metric', key: 'all', comparator: '<', value: 5 }] as const;
    expect(await namesBy(true, limit, { clauses })).toBe('deacb');
  });
});
