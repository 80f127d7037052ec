import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sqlFile, sqlFileNames } from '../../../src/adapters/sql-files.ts';
import { packagedChecks, readHeaders } from '../../../src/adapters/warehouse/sql-headers.ts';
import { packageRoot } from '../../../src/config/package-root.ts';

test('the guide to the tables says what the SQL headers say', () => {
  execFileSync(process.execPath, [join(packageRoot, 'scripts', 'table-docs.mjs'), '--check'], { stdio: 'pipe' });
  const guide = readFileSync(join(packageRoot, 'docs', 'guide', 'tables.md'), 'utf8');
  expect(guide).toContain('### dm.quote_daily');
});

test('every SQL file of the warehouse states its purpose, and every table of the first migration its grain', () => {
  const folders = ['raw', 'ods', 'dm', 'checks', 'read', 'write', 'journal', 'migrations'];
  const silent = folders.flatMap((folder) =>
    sqlFileNames(`postgres/${folder}`).filter(
      (name) => !/^-- purpose: \S/m.test(sqlFile(`postgres/${folder}/${name}`)),
    ),
  );
  expect(silent).toEqual([]);

  const migration = sqlFile('postgres/migrations/000001_warehouse.sql');
  const created = [...migration.matchAll(/^create (?:table|view) (\S+)/gm)].map(([, table]) => table);
  const declared = readHeaders(migration).filter((header) => header.table !== null && header.grain !== null);
  expect(declared.map((header) => header.table).sort()).toEqual(created.sort());
  const checked = packagedChecks().map(({ check }) => check);
  expect(created.filter((table) => !checked.includes(`grain of ${table}`))).toEqual([]);
});
