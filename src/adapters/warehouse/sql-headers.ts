import { sqlFile, sqlFileNames } from '../sql-files.ts';

/** What a SQL file says about a table or about itself. */
export interface SqlHeader {
  readonly table: string | null;
  readonly purpose: string;
  readonly grain: string | null;
}

export interface CheckQuery {
  readonly check: string;
  readonly purpose: string;
  readonly sql: string;
}

/** Every check: one per declared grain, then the files of `sql/postgres/checks`. */
export function packagedChecks(): CheckQuery[] {
  return [...grainChecks(), ...fileChecks()];
}

/** Headers of a text: each begins with its first `-- key: value` line and ends at the first line that is no comment. */
export function readHeaders(text: string): SqlHeader[] {
  const headers: SqlHeader[] = [];
  for (const block of text.split(/\n(?!--)/)) {
    const comment = block.slice(Math.max(0, block.search(/^-- (table|purpose):/m)));
    const value = (key: string) => new RegExp(`^-- ${key}: (.+)$`, 'm').exec(comment)?.[1]?.trim() ?? null;
    const purpose = value('purpose');
    if (purpose !== null) headers.push({ table: value('table'), purpose, grain: value('grain') });
  }
  return headers;
}

function grainChecks(): CheckQuery[] {
  const template = sqlFile('postgres/read/repeated-grain.sql');
  return sqlFileNames('postgres/migrations').flatMap((name) =>
    readHeaders(sqlFile(`postgres/migrations/${name}`)).flatMap(({ table, grain }) => {
      if (table === null || grain === null) return [];
      const sql = template.replaceAll('{{table}}', table).replaceAll('{{grain}}', grain);
      return [{ check: `grain of ${table}`, purpose: `One row of ${table} per ${grain}.`, sql }];
    }),
  );
}

function fileChecks(): CheckQuery[] {
  return sqlFileNames('postgres/checks').map((name) => {
    const sql = sqlFile(`postgres/checks/${name}`);
    return { check: name.replace(/\.sql$/, ''), purpose: readHeaders(sql)[0]?.purpose ?? name, sql };
  });
}
