// Writes deploy/superset/assets from scripts/superset; with --check only says whether it is up to date.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFiles } from './superset/bundle.mjs';

const target = fileURLToPath(new URL('../deploy/superset/assets', import.meta.url));
const files = bundleFiles();

if (process.argv.includes('--check')) {
  const amiss = differences();
  if (amiss.length > 0) {
    console.error(`Not what scripts/superset says: ${amiss.join(', ')}. Run: node scripts/superset-assets.mjs`);
    process.exit(3);
  }
} else {
  rmSync(target, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
  console.log(`${files.length} files in deploy/superset/assets`);
}

function differences() {
  const wanted = new Map(files);
  const there = readdirSync(target, { recursive: true, encoding: 'utf8' })
    .map((path) => join(target, path))
    .filter((path) => statSync(path).isFile())
    .map((path) => relative(target, path));
  const extra = there.filter((path) => !wanted.has(path));
  const changed = files.filter(
    ([path, text]) => !there.includes(path) || readFileSync(join(target, path), 'utf8') !== text,
  );
  return [...extra, ...changed.map(([path]) => path)];
}
