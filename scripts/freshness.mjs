import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

const lockFile = join(packageFolder, 'package-lock.json');
const installedLockFile = join(packageFolder, 'node_modules', '.package-lock.json');
const stampFile = join(packageFolder, 'node_modules', '.assay-stamp');

/** Whether node_modules holds what package-lock.json asks for. A plain `npm install` counts as well as our own. */
export function dependenciesAreFresh() {
  if (!existsSync(installedLockFile)) return false;
  if (readText(stampFile) === dependencyStamp()) return true;
  if (!installedMatchesLock(readJson(lockFile).packages, readJson(installedLockFile).packages)) return false;
  stampDependencies();
  return true;
}

export function stampDependencies() {
  writeFileSync(stampFile, dependencyStamp());
}

/**
 * Whether every package of the lock is installed in the locked version.
 * Optional packages may be missing (other platforms'), but not be of another version.
 */
export function installedMatchesLock(locked, installed) {
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '' || wanted.link) return true;
    const found = installed[path];
    if (found === undefined) return Boolean(wanted.optional || wanted.devOptional);
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** One hash over the names, sizes and modification times of everything the build reads. */
export function sourceFingerprint() {
  const roots = ['src', 'web', 'scripts', 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json'];
  const hash = createHash('sha256');
  for (const root of roots) {
    for (const [path, stats] of filesUnder(join(packageFolder, root))) {
      hash.update(`${path}\0${stats.size}\0${stats.mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

/** Every file of a folder with its stats, or the file itself, in name order; nothing for a path that is absent. */
export function* filesUnder(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    yield [path, stats];
    return;
  }
  for (const name of readdirSync(path).sort()) yield* filesUnder(join(path, name));
}

/** The text of a file, or null when it is absent. */
export function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return null;
  }
}

function dependencyStamp() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex');
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
