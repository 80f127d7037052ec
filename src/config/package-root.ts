import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../domain/errors.ts';

/** The folder of this package: where `sql/`, `web/` and `node_modules/` are, from sources and from the build alike. */
export const packageRoot: string = findPackageRoot();

/** Version of this package, as in package.json. */
export const packageVersion: string = readManifest(packageRoot).version;

function findPackageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!(existsSync(join(folder, 'package.json')) && readManifest(folder).name === 'assay')) {
    const parent = dirname(folder);
    assert(parent !== folder, 'the package folder is above every module of the package');
    folder = parent;
  }
  return folder;
}

function readManifest(folder: string): { name: string; version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
}
