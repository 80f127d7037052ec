// Serves the pages over made-up data, for looking at them while working on them:
//   node scripts/preview.mjs [state]     state: normal, empty, stale, simulated, weak, held, …
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const load = async (path) => (await runnerImport(`${root}${path}`, { root, logLevel: 'error' })).module;
const { sampleStates } = await load('tests/support/sample-api.ts');
const { buildClientScript, startSampleServer } = await load('tests/support/sample-server.ts');

const state = process.argv[2] ?? 'normal';
if (!sampleStates.includes(state)) {
  console.error(`There is no state "${state}". Choose one of: ${sampleStates.join(', ')}.`);
  process.exit(2);
}
const { url } = await startSampleServer(state, buildClientScript());
console.log(`${url}  (${state}; Ctrl+C ends it)`);
