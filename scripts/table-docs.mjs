// Writes docs/guide/tables.md from the headers of the SQL files; with --check only says whether it is up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'docs', 'guide', 'tables.md');
const layers = {
  raw: 'As received',
  ods: 'Typed, every revision',
  dm: 'For readers',
  ops: 'What ran',
};

const text = page();
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('docs/guide/tables.md is not what the SQL headers say. Run: node scripts/table-docs.mjs');
    process.exit(3);
  }
} else writeFileSync(target, text);

function page() {
  const tables = sqlIn('migrations').flatMap(readTables);
  const builders = new Map([...sqlIn('ods'), ...sqlIn('dm'), ...sqlIn('write')].flatMap(readBuilder));
  const sections = Object.entries(layers).map(([schema, title]) => {
    const own = tables.filter((table) => table.name.startsWith(`${schema}.`));
    return [`## ${schema}: ${title.toLowerCase()}`, ...own.map((table) => describe(table, builders.get(table.name)))];
  });
  const checks = sqlIn('checks').map(({ name, text: sql }) => `- \`${name.slice(0, -4)}\`: ${header(sql).purpose}`);
  return `${[
    '# Tables of the warehouse',
    'Made by `node scripts/table-docs.mjs` from the headers of the files in `sql/postgres`; edit those.',
    ...sections.flat(),
    '## Checks',
    'Each transformation ends with these, and with one that looks for repeated rows per grain above. If any finds a row, nothing of the transformation is kept.',
    checks.join('\n'),
  ].join('\n\n')}\n`;
}

function sqlIn(folder) {
  const place = join(root, 'sql', 'postgres', folder);
  const names = readdirSync(place).filter((name) => name.endsWith('.sql'));
  return names
    .sort()
    .map((name) => ({ name, path: `sql/postgres/${folder}/${name}`, text: readFileSync(join(place, name), 'utf8') }));
}

/** Tables and views of a migration: a header that names its table, then the statement with the columns. */
function readTables({ text: sql }) {
  return [...sql.matchAll(/^-- table: (\S+)\n((?:--.*\n)+)create (table|view) (?:if not exists )?[^;]+;/gm)].map(
    ([whole, name, lines, form]) => ({
      name,
      ...header(lines),
      columns: form === 'table' ? columnsOf(whole) : [],
    }),
  );
}

function readBuilder({ path, text: sql }) {
  const name = /^-- table: (\S+)/m.exec(sql)?.[1];
  const prose = /^--\n((?:-- .*\n)+)/m.exec(sql)?.[1]?.replaceAll(/^-- /gm, '').trim();
  return name === undefined ? [] : [[name, { path, prose }]];
}

function header(sql) {
  const value = (key) => new RegExp(`^-- ${key}: (.+)$`, 'm').exec(sql)?.[1] ?? '';
  return { purpose: value('purpose'), kind: value('kind'), grain: value('grain'), inputs: value('inputs') };
}

function columnsOf(statement) {
  return [...statement.matchAll(/^ {2}([a-z_0-9]+) ([a-z]+(?: precision)?(?: ?\([0-9, ]+\))?)(.*?),?$/gm)]
    .filter(([, name]) => !['primary', 'unique', 'check', 'foreign'].includes(name))
    .map(([, name, type, rest]) => ({ name, type, nullable: !/not null|primary key/.test(rest) }));
}

function describe({ name, purpose, kind, grain, inputs, columns }, builder) {
  const parts = [`### ${name}`, purpose, `Grain: ${grain}. Kind: ${kind}. Inputs: ${inputs}.`];
  if (builder) parts.push(`Built by \`${builder.path}\`.`);
  if (builder?.prose) parts.push(builder.prose);
  if (columns.length > 0) {
    const rows = columns.map(
      (column) => `| ${column.name} | ${column.type} | ${column.nullable ? 'may be missing' : ''} |`,
    );
    parts.push(['| column | type | |', '| --- | --- | --- |', ...rows].join('\n'));
  }
  return parts.join('\n\n');
}
