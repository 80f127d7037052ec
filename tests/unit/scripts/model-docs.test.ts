import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/config/package-root.ts';
import { catalogue } from '../../../src/models/catalogue.ts';
import { meaningOf } from '../../../src/models/parameter-meanings.ts';

const pageOf = (name: string) => readFileSync(join(packageRoot, 'docs', 'guide', 'models', `${name}.md`), 'utf8');

test('the pages of the models say what the models say and do', { timeout: 120_000 }, () => {
  execFileSync(process.execPath, [join(packageRoot, 'scripts', 'model-docs.mjs'), '--check'], { stdio: 'pipe' });
});

test('every page names a source and the distribution, explains every parameter, and refuses what must be refused', () => {
  for (const { name, defaults } of catalogue) {
    const page = pageOf(name);
    expect([name, /[A-Z]\w+(?: et al\.)?[^\n.]{0,20} \(?(?:19|20)\d\d/.test(page)]).toEqual([name, true]);
    expect([name, /distribution|quantile/i.test(page)]).toEqual([name, true]);
    for (const parameter of Object.keys(defaults)) {
      expect([name, parameter, meaningOf(name, parameter)]).not.toEqual([name, parameter, null]);
      expect(page).toContain(`| \`${parameter}\` |`);
    }
    for (const given of [
      'a missing value (NaN)',
      'an infinite value',
      'a horizon of 0',
      'a parameter it does not have',
    ]) {
      expect([name, given, page.includes(`| ${given} | refused: ${name}: `)]).toEqual([name, given, true]);
    }
  }
});

test('the guide links every page', () => {
  const guide = readFileSync(join(packageRoot, 'docs', 'guide', 'models.md'), 'utf8');
  expect(catalogue.filter(({ name }) => !guide.includes(`(models/${name}.md)`)).map(({ name }) => name)).toEqual([]);
});
