import { afterAll, beforeAll, expect, it } from 'vitest';
import { measuredPaths, weighPages, weightLine } from '../../support/page-budgets.ts';
import { buildClientScript, type SampleServer, startSampleServer } from '../../support/sample-server.ts';

let server: SampleServer;
beforeAll(async () => {
  server = await startSampleServer('normal', await buildClientScript());
});
afterAll(() => server?.close());

it('every page, script and series keeps to its bytes', async () => {
  const weights = await weighPages(server.url);
  expect(weights).toHaveLength(measuredPaths.length + 3);
  for (const { bytes } of weights) expect(bytes).toBeGreaterThan(500);
  expect(weights.filter(({ bytes, budget }) => bytes > budget).map(weightLine)).toEqual([]);
});
