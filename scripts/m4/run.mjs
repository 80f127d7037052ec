import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from '../freshness.mjs';

/** `assay benchmark` over a panel on all cores: its report, and its wall and processor seconds, start and reading included. */
export function runBenchmark({ train, test, horizon, season, models }) {
  const flags = ['--panel', train, '--test', test, '--horizon', horizon, '--season', season, '--models', models];
  const main = join(packageFolder, 'dist', 'src', 'cli', 'main.js');
  const meter = pathToFileURL(join(packageFolder, 'scripts', 'm4', 'processor-seconds.mjs')).href;
  const started = performance.now();
  const run = spawnSync(process.execPath, ['--import', meter, main, 'benchmark', ...flags.map(String), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
  const wall = (performance.now() - started) / 1000;
  return { report: JSON.parse(run.stdout), wall, processor: Number(run.output[3]) };
}
