import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInstallation, type TestInstallation } from '../support/installation.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-benchmark-'));
const file = (name: string) => join(folder, name);
let installation: TestInstallation;

beforeAll(() => {
  installation = createInstallation({});
  const rows = (from: number, to: number) =>
    ['rise', 'wave, with comma'].flatMap((id) =>
      Array.from({ length: to - from }, (_, i) => {
        const t = from + i;
        const day = new Date(Date.UTC(2024, 0, 1 + t)).toISOString().slice(0, 10);
        return `"${id}",${day},${id === 'rise' ? 100 + t : 50 + 10 * Math.sin((2 * Math.PI * t) / 7)}`;
      }),
    );
  writeFileSync(file('train.csv'), ['unique_id,ds,y', ...rows(0, 70)].join('\r\n'));
  writeFileSync(file('test.csv'), ['unique_id,ds,y', ...rows(70, 77)].join('\n'));
  writeFileSync(file('broken.csv'), 'unique_id,ds,y\nA,1,1\nA,2,oops\n');
});

afterAll(async () => {
  await installation?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const flags = ['--horizon', '7', '--season', '7'];

describe('assay benchmark', () => {
  it('forecasts a panel on all cores, scores it, and needs no data folder', async () => {
    const named = ['--panel', file('train.csv'), '--test', file('test.csv'), '--out', file('out.csv')];
    const result = await installation.run(['benchmark', ...named, ...flags, '--json']);
    expect(result.exitCode, result.stderr).toBe(0);
    const report = JSON.parse(result.stdout);
    expect(report).toMatchObject({ series: 2, observations: 140, horizon: 7, failures: [] });
    expect(report.models).toHaveLength(1);
    expect(report.models[0]).toMatchObject({ model: 'auto', forecast: 2, failed: 0 });
    expect(report.models[0].scores.owa).toBeLessThan(0.4);
    const lines = readFileSync(file('out.csv'), 'utf8').trim().split('\n');
    expect(lines[0]).toBe('unique_id,ds,model,mean,q0.025,q0.05,q0.1,q0.25,q0.5,q0.75,q0.9,q0.95,q0.975');
    expect(lines).toHaveLength(1 + 2 * 7);
    expect(lines[1]).toMatch(/^rise,2024-03-11,auto,/);
    expect(lines[14]).toMatch(/^"wave, with comma",2024-03-17,auto,/);
    for (const line of lines.slice(1, 8)) {
      const numbers = line.split(',').slice(4).map(Number);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
    expect(readdirSync(installation.data)).toEqual([]);
  });

  it('shows a table to people, with the models that could not do a series', async () => {
    const result = await installation.run([
      'benchmark',
      '--panel',
      file('train.csv'),
      ...flags,
      '--models',
      'naive,sarima',
    ]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toMatch(/model +series +failed +fit s/);
  });

  it.each([
    [['--panel', 'train.csv', '--horizon', '0', '--season', '7'], 2, 'horizon'],
    [['--panel', 'train.csv', ...flags, '--models', 'nonsense'], 2, 'no model named nonsense'],
    [['--panel', 'absent.csv', ...flags], 1, 'cannot be read'],
    [['--panel', 'broken.csv', ...flags], 1, 'line 3: y of A is "oops"'],
    [['--panel', 'train.csv', '--test', 'train.csv', ...flags], 1, 'starts before the panel ends'],
  ])('refuses %j', async (parameters, exitCode, reason) => {
    const absolute = parameters.map((text) => (text.endsWith('.csv') ? file(text) : text));
    const result = await installation.run(['benchmark', ...absolute]);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(reason);
    expect(result.stdout).toBe('');
  });
});
