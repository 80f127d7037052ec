// Kills the main job at random moments, many times, and examines what is left: nothing may be lost, double or half.
//   npm run trials:kill -- [--trials 200] [--seed 1] [--every 5] [--history FOLDER]
// Prints a JSON line and `trials N, violations M`; ends with 1 when there is a violation.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    every: { type: 'string', default: '5' },
    history: { type: 'string' },
  },
});

const { runKillTrials, makeHistory } = await loadTrials();
const history = values.history === undefined ? makeHistory() : readHistory(resolve(values.history));
const report = await runKillTrials({
  trials: Number(values.trials),
  seed: Number(values.seed),
  examineEvery: Number(values.every),
  history,
  isComplete: values.history === undefined,
  tell: (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
});
if (values.history === undefined) rmSync(history.folder, { recursive: true, force: true });
console.log(JSON.stringify(report));
console.log(`trials ${report.trials}, violations ${report.violations.length}`);
process.exit(report.violations.length === 0 ? 0 : 1);

/** The trials are TypeScript, shared with the tests: bundled here as the tests' own processes are. */
async function loadTrials() {
  const entry = join(root, 'tests', 'support', 'kill-trials-entry.ts');
  const build = await rolldown({
    input: entry,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  await build.close();
  // Below the package, so that it finds its packages and package.json.
  const file = join(root, 'node_modules', '.cache', 'assay-tests', `kill-trials-${process.pid}.mjs`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, output[0].code);
  process.once('exit', () => rmSync(file, { force: true }));
  return import(pathToFileURL(file).href);
}

function readHistory(folder) {
  const file = join(folder, 'cbr_metals.csv');
  if (!existsSync(file)) throw new RangeError(`${folder} has no cbr_metals.csv: it is no folder for assay replica.`);
  const gold = readFileSync(join(folder, 'cbr_gold_history.csv'), 'utf8').trim().split('\n').slice(1);
  return { folder, dates: gold.map((line) => line.split(',')[0]) };
}
