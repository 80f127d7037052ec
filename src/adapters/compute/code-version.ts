import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders whose code decides what a work answers. */
const folders = ['domain', 'stats', 'models', 'backtest'];

/**
 * SHA-256 over the code that works run, as it stands on disk (sources or build): kept results become stale by
 * themselves when a model changes, with no version number for anyone to forget.
 */
export function codeVersion(): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const path = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(js|ts)$/.test(file));
    for (const file of files.sort()) {
      // Prices and dates of the domain do not reach a work; only its forecaster and errors do.
      if (folder === 'domain' && !/^(forecaster|errors)\./.test(file)) continue;
      hash
        .update(`${folder}/${file}\n`)
        .update(readFileSync(join(path, file)))
        .update('\n');
    }
  }
  return hash.digest('hex').slice(0, 16);
}
