import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { brokenLinks, rules, type SourceFile } from './tidy-rules.ts';

const root = dirname(import.meta.dirname);
const notOurs = /^(node_modules|dist|\.dist-.*|\.git|\.assay|coverage)$/;
const readable = /\.(ts|tsx|mjs|js|json|sql|md|css|svg|yml|yaml|html|sh|toml)$|^(run|LICENSE)$/;
const files = readTree(root);

describe('this repository is tidy:', () => {
  test('its files are seen', () => {
    const paths = files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'src/domain/quote.ts', 'tests/tidy.test.ts']));
  });

  test.each(Object.keys(rules))('%s', (name) => {
    const amiss = files
      // The planted samples below are untidy by intent.
      .filter((file) => file.path !== 'tests/tidy.test.ts')
      .flatMap((file) => rules[name]!(file).map((line) => `${file.path}: ${line}`));
    expect(amiss).toEqual([]);
  });

  test('links of the documents lead somewhere', () => {
    const amiss = files.flatMap((file) => brokenLinks(file, existsFromRoot).map((link) => `${file.path}: ${link}`));
    expect(amiss).toEqual([]);
  });

  test.skipIf(!existsSync(join(root, '.git')))('nothing is kept that .gitignore names', () => {
    const kept = execFileSync('git', ['ls-files', '--cached', '--ignored', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(kept).toBe('');
  });
});

/** For each rule what it must catch, and a near miss that it must leave alone. */
const samples: Readonly<Record<string, { bad: readonly SourceFile[]; good: readonly SourceFile[] }>> = {
  'functions are short': {
    bad: [
      file('src/a.ts', `// комментарий\nexport function long() {\n${'  step();\n'.repeat(69)}}\n`),
      file('src/a.ts', `export const long = () => {\n${'  step();\n'.repeat(69)}};\n`),
      file('src/a.ts', `class A {\n  long() {\n${'    step();\n'.repeat(69)}  }\n}\n`),
      file('src/a.ts', `const a = {\n  long() {\n${'    step();\n'.repeat(69)}  },\n};\n`),
      file('tests/a.test.ts', `test('long', () => {\n${'  step();\n'.repeat(69)}});\n`),
    ],
    good: [
      file('src/a.ts', `export function fits() {\n${'  step();\n'.repeat(68)}}\n`),
      file('tests/a.test.ts', `describe('a group', () => {\n${"  test('x', () => {});\n".repeat(80)}});\n`),
      file('tests/a.contract.ts', `export function contract() {\n${"  test.each([1])('x', f);\n".repeat(80)}}\n`),
    ],
  },
  'files are short': {
    bad: [file('src/a.ts', 'step();\n'.repeat(401))],
    good: [file('src/a.ts', 'step();\n'.repeat(400)), file('src/a.ts', `// @generated\n${'step();\n'.repeat(500)}`)],
  },
  'names say something': {
    bad: [
      file('src/utils.ts', ''),
      file('src/helpers/a.ts', ''),
      file('web/date-utils.ts', ''),
      file('src/common/a.ts', ''),
    ],
    good: [file('src/domain/utility-bill.ts', ''), file('src/domain/commons-ground.ts', '')],
  },
  'names are in kebab case': {
    bad: [file('src/domain/isoDate.ts', ''), file('web/TodayPage.tsx', ''), file('src/iso_date.ts', '')],
    good: [file('src/domain/iso-date.ts', ''), file('tests/tidy.test.ts', ''), file('sql/x/migrations/01_a-b.sql', '')],
  },
  'errors have a code': {
    bad: [file('src/a.ts', "throw new Error('x');"), file('src/a.ts', "if (a) { throw TypeError('x'); }")],
    good: [file('src/a.ts', "throw new PlatformError('USAGE', 'x');"), file('tests/a.ts', "throw new Error('x');")],
  },
  'no failure is swallowed': {
    bad: [
      file('src/a.ts', 'try { a(); } catch {}'),
      file('src/a.ts', 'try { a(); } catch (error) { /* never mind */ }'),
      file('src/a.ts', 'a().catch(() => {});'),
    ],
    good: [file('src/a.ts', 'try { a(); } catch (error) { report(error); }'), file('src/a.ts', 'a().catch(report);')],
  },
  'nothing is left to do': {
    bad: [file('src/a.ts', '// TODO: finish'), file('sql/postgres/dm/a.sql', '-- FIXME')],
    good: [file('src/a.ts', 'const methodOfTodorov = 1;')],
  },
  'clock, chance and environment come in as parameters': {
    bad: [
      file('src/flows/a.ts', "const a = process.env['HOME'];"),
      file('src/flows/a.ts', 'const a = Date.now();'),
      file('src/domain/a.ts', 'const a = new Date();'),
      file('src/models/a.ts', 'const a = Math.random();'),
      file('web/a.tsx', "const a = <p>{Math['random']()}</p>;"),
    ],
    good: [
      file('src/domain/a.ts', 'const a = new Date(0);'),
      file('src/config/a.ts', "const a = process.env['HOME'];"),
      file('src/runtime/a.ts', 'const a = Date.now();'),
    ],
  },
  'types are imported by name': {
    bad: [file('src/a.ts', "type A = import('./b.ts').B;")],
    good: [file('src/a.ts', "import type { B } from './b.ts';\nconst load = () => import('./c.ts');")],
  },
  'what is built is imported only when it runs': {
    bad: [file('scripts/a.mjs', "import { version } from '../dist/src/version.js';")],
    good: [
      file(
        'scripts/a.mjs',
        "const { version } = await import(new URL('../dist/src/version.js', import.meta.url).href);",
      ),
    ],
  },
  'SQL says what it is': {
    bad: [
      file('sql/postgres/dm/a.sql', '-- purpose: a\n-- kind: table\nselect 1;\n'),
      file('sql/postgres/checks/a.sql', 'select 1;\n'),
      file('sql/postgres/checks/b.sql', 'select 1;\n-- purpose: too late\n'),
    ],
    good: [
      file('sql/postgres/dm/a.sql', '-- Purpose: a\n-- Kind: table\n-- Inputs: ods.b\n\nselect 1;\n'),
      file('sql/postgres/checks/a.sql', '-- purpose: a\nselect 1;\n'),
    ],
  },
  'no path of one machine': {
    bad: [file('docs/a.md', 'see /Users/someone/assay'), file('src/a.ts', `const a = '/${'work'}/main/src';`)],
    good: [file('docs/a.md', 'see docs/work/plan and /network/x')],
  },
  'the lock names the packages of every platform': {
    bad: [file('package-lock.json', '{"packages":{"node_modules/a":{"optionalDependencies":{"a-win32":"1"}}}}')],
    good: [
      file(
        'package-lock.json',
        '{"packages":{"node_modules/a":{"optionalDependencies":{"a-win32":"1"}},"node_modules/a-win32":{}}}',
      ),
    ],
  },
  'the lock names no registry': {
    bad: [file('package-lock.json', '"resolved": "https://registry.example/a.tgz"')],
    good: [file('package-lock.json', '"version": "1.0.0"'), file('docs/a.json', '"resolved": "https://a.example/"')],
  },
};

describe('each rule is tried against planted samples:', () => {
  test('none is without one', () => {
    expect(Object.keys(samples).sort()).toEqual(Object.keys(rules).sort());
  });

  test.each(Object.entries(samples))('%s', (name, { bad, good }) => {
    for (const sample of bad)
      expect(rules[name]!(sample), `${sample.path}: ${sample.text.slice(0, 60)}`).not.toEqual([]);
    for (const sample of good) expect(rules[name]!(sample), `${sample.path}: ${sample.text.slice(0, 60)}`).toEqual([]);
  });

  test('links of the documents lead somewhere', () => {
    const text = '[a](b.md) ![c](images/d.png) [e](https://e.example) [f](#g) [h](../i.md#j)\n```\n[k](l.md)\n```\n';
    const present = new Set(['docs/b.md']);
    expect(brokenLinks(file('docs/a.md', text), (path) => present.has(path))).toEqual(['images/d.png', '../i.md']);
  });
});

function file(path: string, text: string): SourceFile {
  return { path, text };
}

function readTree(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !notOurs.test(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return readTree(path);
      if (!entry.isFile() || !readable.test(entry.name)) return [];
      return [file(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'))];
    });
}

/** A picture counts as present while the folder of pictures has not been made: all of them are taken together. */
function existsFromRoot(path: string): boolean {
  if (path.startsWith('docs/images/') && !existsSync(join(root, 'docs/images'))) return true;
  return existsSync(join(root, path));
}
