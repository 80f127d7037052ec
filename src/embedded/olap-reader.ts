/**
 * Why the read-only user may not run a statement, null when it may. ClickHouse's `readonly = 1`, set for every
 * statement of that user, already refuses writes, settings and table functions; what it lets pass is refused here:
 * the scalar function `file`, writing a result to a file, describing a file, ending other users' queries.
 * It looks at the whole text, strings and comments included, as a second reading of SQL would only find other words
 * than the engine's; so a string with the word `file` in it is refused too.
 */
export function refusalForReader(sql: string): string | null {
  const first = /^[\s(;]*(?:(?:--|#)[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*[\s(]*([a-z]+)/i.exec(sql)?.[1]?.toUpperCase();
  if (first === undefined || !readingWords.has(first)) return `the user may only read, not ${first ?? 'run this'}`;
  const forbidden = forbiddenWord.exec(sql)?.[0];
  if (forbidden !== undefined) return `the word "${forbidden}" is not allowed to this user`;
  if (escapedName.test(sql)) return 'a name with a backslash in it is not allowed to this user';
  return null;
}

const readingWords = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS', 'USE']);

const forbiddenWord = new RegExp(
  `\\b(?:${[
    ...['file', 'fileCluster', 'infile', 'outfile', 'url', 'urlCluster', 's3', 's3Cluster', 'gcs', 'hdfs', 'input'],
    ...['hdfsCluster', 'remote', 'remoteSecure', 'cluster', 'clusterAllReplicas', 'mysql', 'postgresql', 'mongodb'],
    ...['redis', 'sqlite', 'odbc', 'jdbc', 'executable', 'python', 'azureBlobStorage', 'iceberg', 'deltaLake', 'hudi'],
    ...['catboostEvaluate', 'sleep', 'sleepEachRow', 'KILL', 'SYSTEM'].map((word) =>
      // `system.settings` is read by every client when it connects: the statement SYSTEM has no dot after it.
      word === 'SYSTEM' ? 'SYSTEM(?=\\s+[A-Z])' : word,
    ),
  ].join('|')})\\b`,
  'i',
);

/** A backslash between two marks that quote names: escapes would hide a forbidden word. */
const escapedName = /[`"][^`"]*\\[^`"]*[`"]/;
