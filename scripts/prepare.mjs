import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { build, buildIsFresh } from './build.mjs';
import { dependenciesAreFresh, packageFolder, stampDependencies } from './freshness.mjs';
import { withSetupLock } from './setup-lock.mjs';

/**
 * Installs the locked dependencies when they are missing or stale, then builds when asked and stale.
 * Returns the exit code. Says nothing when there is nothing to do; standard output stays clean.
 */
export async function prepare(options) {
  const isReady = () => dependenciesAreFresh() && (!options.build || buildIsFresh());
  if (isReady()) return 0;
  return withSetupLock(packageFolder, async () => {
    if (!dependenciesAreFresh() && !install()) return 1;
    return options.build && !buildIsFresh() && !(await build()) ? 1 : 0;
  });
}

function install() {
  const started = performance.now();
  console.error('Installing the locked dependencies (once; the longest part of a first start) ...');
  const [program, ...first] = npmCommand();
  const outcome = spawnSync(
    program,
    // No dependency needs its install script, and npm 10 and 11 differ in which of them they run.
    [...first, 'ci', '--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=error'],
    { cwd: packageFolder, stdio: ['ignore', 2, 2] },
  );
  if (outcome.status !== 0) {
    console.error('npm could not install the dependencies; its reason is above. Nothing was started. Try again.');
    return false;
  }
  stampDependencies();
  console.error(`Installed in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

/** The npm that started us, so that its version and settings are the user's own. */
function npmCommand() {
  const running = process.env.npm_execpath ?? '';
  return running.endsWith('npm-cli.js') && existsSync(running) ? [process.execPath, running] : ['npm'];
}
