// Writes docs/guide/cli.md and docs/man/assay.1 from the program itself; with --check only says whether they are up to date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// By address: the build is not there when the walls are checked.
const { documents } = await import(new URL('../dist/src/cli/documents.js', import.meta.url).href);

for (const [file, text] of Object.entries(documents())) {
  const target = join(root, file);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  } else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${file} is not what the program says. Run: npm run docs:cli`);
    process.exitCode = 3;
  }
}
