/**
 * Why the read-only user may not run a statement, null when it may. ClickHouse's `readonly = 1`, set for every
 * statement of that user, already refuses writes, settings and table functions that reach out of the database; what it
 * lets pass is refused here: the scalar function `file` (also by APPLY), writing a result to a file, the columns of a
 * foreign table (`DESCRIBE url(..)` asks the network), ending other users' queries.
 * Words are looked for in the whole text, strings and comments included, as a second reading of SQL would only find
 * other words than the engine's; so a string with the word `file` or a semicolon in it is refused too.
 */
export function refusalForReader(sql: string): string | null {
  const first = firstWord.exec(sql)?.[1]?.toUpperCase() ?? '';
  if (!readingWords.has(first)) return first === '' ? 'the user may only read' : `the user may only read, not ${first}`;
  if (/;\s*\S/.test(sql)) return 'one statement a request, and no semicolon within it, is what this user may send';
  const forbidden = forbiddenWord.exec(sql)?.[0];
  if (forbidden !== undefined) return `the word "${forbidden}" is not allowed to this user`;
  if (escapedName.test(sql)) return 'a name with a backslash in it is not allowed to this user';
  if (first.startsWith('DESC') && /\(/.test(sql) && !describedQuery.test(sql))
    return 'the user may describe tables only';
  return null;
}

const firstWord = /^[\s(]*(?:(?:--|#)[^\n]*\n[\s(]*|\/\*[\s\S]*?\*\/[\s(]*)*([a-z]+)/i;

const readingWords = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS', 'USE']);

const forbiddenWord = /\b(?:file|infile|outfile|catboostEvaluate)\b/i;

/** A backslash between two marks that quote names: escapes would hide a forbidden word. */
const escapedName = /[`"][^`"]*\\[^`"]*[`"]/;

const describedQuery = /^\s*DESC(?:RIBE)?\s*(?:TABLE\s*)?\(\s*(?:SELECT|WITH)\b/i;
