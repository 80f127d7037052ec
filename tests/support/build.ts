import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
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
  const build = await rolldown({
    input: join(packageRoot, module),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'esm', sourcemap: 'inline', codeSplitting: false });
  await build.close();
  const { code } = output[0];
  // Below the package, so that it finds its packages and package.json; named by content, so that runs may share it.
  const folder = join(packageRoot, 'node_modules', '.cache', 'assay-tests');
  const key = createHash('sha256').update(code).digest('hex').slice(0, 12);
  const file = join(folder, `${basename(module, '.ts')}-${key}.mjs`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const making = `${file}.${process.pid}`;
  writeFileSync(making, code);
  renameSync(making, file);
  return file;
}
