import { assert } from '../../domain/errors.ts';
import { sqlFile } from '../sql-files.ts';

/**
 * The queries of a SQL file by name: each begins with a line `-- name: <name>` and ends at the next one.
 * The names asked for are checked once, so that a query missing from the file is seen at start, not in use.
 */
export function namedQueries<const Name extends string>(
  path: string,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const found = new Map<string, string>();
  for (const section of sqlFile(path)
    .split(/^-- name: /m)
    .slice(1)) {
    const lineEnd = section.indexOf('\n');
    found.set(section.slice(0, lineEnd).trim(), section.slice(lineEnd + 1).trim());
  }
  for (const name of names) assert(found.has(name), `${path} has the query ${name}`);
  return Object.fromEntries(found) as Record<Name, string>;
}
