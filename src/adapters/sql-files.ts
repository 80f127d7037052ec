import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config/package-root.ts';

const texts = new Map<string, string>();

/** The text of `sql/<relativePath>`, read once per process. */
export function sqlFile(relativePath: string): string {
  const cached = texts.get(relativePath);
  if (cached !== undefined) return cached;
  const text = readFileSync(join(packageRoot, 'sql', relativePath), 'utf8');
  texts.set(relativePath, text);
  return text;
}

/** Names of the `.sql` files directly in `sql/<folder>`, sorted. */
export function sqlFileNames(folder: string): string[] {
  return readdirSync(join(packageRoot, 'sql', folder))
    .filter((name) => name.endsWith('.sql'))
    .sort();
}
