// Serves the pages over made-up data, for looking at them while working on them:
//   node scripts/preview.mjs [state]     state: normal, empty, stale, simulated, weak, held, …
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = { root, configFile: false, appType: 'custom', logLevel: 'error' };
const vite = await createViteServer({ ...options, server: { middlewareMode: true, ws: false, watch: null } });
const load = (path) => vite.ssrLoadModule(`/${path}`);
const { sampleStates } = await load('tests/support/sample-api.ts');
const { buildClientScript, startSampleServer } = await load('tests/support/sample-server.ts');

const state = process.argv[2] ?? 'normal';
if (!sampleStates.includes(state)) {
  console.error(`There is no state "${state}". Choose one of: ${sampleStates.join(', ')}.`);
  process.exit(2);
}
const { url } = await startSampleServer(state, await buildClientScript());
console.log(`${url}  (${state}; Ctrl+C ends it)`);
