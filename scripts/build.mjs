import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesUnder, packageFolder, readText, sourceFingerprint } from './freshness.mjs';

const output = join(packageFolder, 'dist');
const stampName = '.assay-build';
const assets = /\.(css|svg|ico|png|woff2|webmanifest)$/;

/** Whether dist was built from the sources as they are now. */
export function buildIsFresh() {
  return readText(join(output, stampName)) === sourceFingerprint();
}

/**
 * Compiles the server and the browser's scripts beside dist, then puts the whole folder in its place:
 * a build that fails or is cut short leaves the former one as it was, and never looks fresh.
 */
export async function build() {
  const started = performance.now();
  const fingerprint = sourceFingerprint();
  const staging = join(packageFolder, `.dist-${process.pid}`);
  console.error('Building ...');
  try {
    if (!compileInto(staging) || !(await bundleInto(staging))) {
      console.error('The build failed: the errors are above. The former build, if any, is untouched.');
      return false;
    }
    copyAssets(staging);
    makeExecutable(join(staging, 'src', 'cli', 'main.js'));
    writeFileSync(join(staging, stampName), fingerprint);
    putInPlace(staging);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  console.error(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

/** Whether there are scripts for the browser: without any, the compiler would refuse the empty project. */
export function hasBrowserScripts() {
  return [...filesUnder(join(packageFolder, 'web', 'client'))].some(([path]) => /\.tsx?$/.test(path));
}

export function typescript(...parameters) {
  const compiler = join(packageFolder, 'node_modules', 'typescript', 'bin', 'tsc');
  return spawnSync(process.execPath, [compiler, ...parameters], { cwd: packageFolder, stdio: ['ignore', 2, 2] });
}

function compileInto(staging) {
  const isSound = typescript('-p', 'tsconfig.build.json', '--outDir', staging).status === 0;
  return isSound && (!hasBrowserScripts() || typescript('-p', 'web/client/tsconfig.json', '--noEmit').status === 0);
}

/** The bundler is a package: it is there only once the dependencies are installed. */
async function bundleInto(staging) {
  if (!hasBrowserScripts()) return true;
  const { bundleClient } = await import('./bundle-client.mjs');
  try {
    await bundleClient(packageFolder, join(staging, 'web', 'client'));
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

function copyAssets(staging) {
  for (const [path] of filesUnder(join(packageFolder, 'web'))) {
    if (!assets.test(path)) continue;
    const target = join(staging, relative(packageFolder, path));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(path, target);
  }
}

function makeExecutable(path) {
  if (existsSync(path)) chmodSync(path, 0o755);
}

function putInPlace(staging) {
  const former = `${staging}.former`;
  if (existsSync(output)) renameSync(output, former);
  renameSync(staging, output);
  rmSync(former, { recursive: true, force: true });
}
