// `npm run check`: every static check, then the fast tests. All of them run, so that one run shows everything amiss.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { hasBrowserScripts } from './build.mjs';
import { packageFolder } from './freshness.mjs';

const tools = {
  biome: '@biomejs/biome/bin/biome',
  tsc: 'typescript/bin/tsc',
  depcruise: 'dependency-cruiser/bin/dependency-cruise.mjs',
  vitest: 'vitest/vitest.mjs',
};

const checks = {
  'format and lint': [['biome', 'check', '--error-on-warnings', '.']],
  types: [
    ['tsc', '-p', 'tsconfig.json'],
    ...(hasBrowserScripts() ? [['tsc', '-p', 'web/client/tsconfig.json', '--noEmit']] : []),
  ],
  walls: [['depcruise', '--config', '.dependency-cruiser.mjs', 'src', 'web', 'scripts', 'tests']],
  'fast tests': [['vitest', 'run', '--project', 'fast']],
};

const asked = process.argv.slice(2);
const failed = Object.keys(checks)
  .filter((name) => asked.length === 0 || asked.includes(name))
  .filter((name) => !passes(name));

if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}.`);
  process.exitCode = 1;
}

function passes(name) {
  const started = performance.now();
  const showsItself = name === 'fast tests';
  const runs = checks[name].map(([tool, ...parameters]) =>
    spawnSync(process.execPath, [join(packageFolder, 'node_modules', tools[tool]), ...parameters], {
      cwd: packageFolder,
      stdio: showsItself ? 'inherit' : 'pipe',
    }),
  );
  const passed = runs.every((run) => run.status === 0);
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (!passed && !showsItself) {
    for (const run of runs) process.stdout.write(`${run.stdout}${run.stderr}`);
  }
  return passed;
}
