import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import { packageRoot } from '../../src/config/package-root.ts';

const made = new Map<string, Promise<string>>();

/**
 * A module of the sources as one JavaScript file that plain Node runs, for tests that start processes: built from the
 * sources as they are now (some 50 ms), whatever the state of dist. Packages stay outside it.
 */
export function buildEntry(module: string): Promise<string> {
  const known = made.get(module);
  if (known !== undefined) return known;
  const building = bundle(module);
  made.set(module, building);
  return building;
}

async function bundle(module: string): Promise<string> {
  // Below the package, so that it finds its packages and package.json; one file a process, so that runs do not meet.
  const key = createHash('sha256').update(`${module}:${process.pid}`).digest('hex').slice(0, 12);
  const folder = join(packageRoot, 'node_modules', '.cache', 'assay-tests');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${basename(module, '.ts')}-${key}.mjs`);
  const build = await rolldown({
    input: join(packageRoot, module),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    logLevel: 'silent',
  });
  await build.write({ file, format: 'esm', sourcemap: 'inline', codeSplitting: false });
  await build.close();
  process.once('exit', () => rmSync(file, { force: true }));
  return file;
}
