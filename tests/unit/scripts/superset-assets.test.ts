import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/config/package-root.ts';

const assets = join(packageRoot, 'deploy', 'superset', 'assets');
const files = readdirSync(assets, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml'))
  .map((path) => ({ path, text: readFileSync(join(assets, path), 'utf8') }));

describe("Superset's asset bundle", () => {
  it('is what its source says', () => {
    const script = join(packageRoot, 'scripts', 'superset-assets.mjs');
    const checked = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });

  it('has an identity of its own for each asset, and everything in both languages', () => {
    const identities = files.map(({ text }) => /^uuid: "?([0-9a-f-]{36})"?$/m.exec(text)?.[1]);
    const assetsThere = identities.filter((identity) => identity !== undefined);
    expect(assetsThere.length).toBe(files.length - 1);
    expect(new Set(assetsThere).size).toBe(assetsThere.length);
    const inLanguage = (language: string) =>
      files.filter(({ path }) => path.includes(`/${language}/`)).map(({ path }) => path.replace(`/${language}/`, '/'));
    expect(inLanguage('ru')).toEqual(inLanguage('en'));
    expect(inLanguage('ru').length).toBeGreaterThan(60);
  });

  it('speaks Russian where it is Russian, and English where it is English', () => {
    const titles = (language: string) =>
      files
        .filter(({ path }) => path.includes(`/${language}/`))
        .map(({ text }) => /^\w+: (.*)$/m.exec(text)?.[1] ?? '');
    expect(titles('en').filter((title) => /[а-яё]/i.test(title))).toEqual([]);
    expect(titles('ru').filter((title) => !/[а-яё]/i.test(title))).toEqual([]);
  });

  it('holds no password and no address but those of this machine', () => {
    const addresses = files.map(({ text }) => /^sqlalchemy_uri: (.*)$/m.exec(text)?.[1]).filter(Boolean);
    expect(addresses).toEqual([
      expect.stringMatching(/clickhousedb:\/\/assay_bi@127\.0\.0\.1:8123\/assay/),
      expect.stringMatching(/postgresql\+psycopg2:\/\/assay_bi@127\.0\.0\.1:5433\/assay/),
    ]);
  });
});
