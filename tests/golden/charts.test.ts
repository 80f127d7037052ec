import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWebApp } from '../../src/api/dashboard.ts';
import { createSampleApi } from '../support/sample-api.ts';

/** The pictures that the server draws, over made-up data: Today, History, Forecast and Accuracy. */
const cases = {
  today: '/chart/prices.svg?lang=ru',
  changes: '/chart/changes.svg?lang=ru',
  history: '/chart/history.svg?lang=ru&from=2025-01-01',
  'history-compared': '/chart/history.svg?lang=ru&from=2025-03-01&compare=silver.usd',
  drawdown: '/chart/history.svg?lang=ru&from=2025-01-01&view=drawdown',
  forecast: '/chart/fan.svg?lang=ru',
  accuracy: '/chart/accuracy-skill.svg?lang=ru',
} as const;

/** The last digits of logarithms and roots differ between machines; nobody sees a tenth of a pixel. */
const tolerancePx = 0.15;
const number = /-?\d+(?:\.\d+)?/g;

describe('charts are drawn as they were', () => {
  it.each(Object.entries(cases))('%s', async (name, address) => {
    const svg = await draw(address);
    const file = join(import.meta.dirname, 'charts', `${name}.svg`);
    if (!existsSync(file)) {
      expect(process.env['CI'], `${file} is missing; run the test locally to make it, look at it, commit it`).toBe(
        undefined,
      );
      writeFileSync(file, svg);
    }
    const golden = readFileSync(file, 'utf8');
    expect(svg.replaceAll(number, '#')).toBe(golden.replaceAll(number, '#'));
    expect(furthest(svg, golden)).toBeLessThanOrEqual(tolerancePx);
  });
});

async function draw(address: string): Promise<string> {
  const app = createWebApp({
    api: createSampleApi('normal'),
    version: '0.1.0',
    guardOptions: {},
    secret: 'only for tests: pictures of the sample',
    newId: () => 'visitor-00000001',
    clientScriptPath: '',
    onBug: (error) => {
      throw error;
    },
  });
  const answer = await app.request(`http://127.0.0.1${address}`, { headers: { host: '127.0.0.1' } });
  const svg = await answer.text();
  expect([address, answer.status]).toEqual([address, 200]);
  // Releases of ICU differ in which space stands between thousands and before a unit.
  return `${svg.replaceAll(/[\u00a0\u202f\u2009]/g, ' ').trim()}\n`;
}

/** By how much the two that differ most do, of numbers in the same place. */
function furthest(svg: string, golden: string): number {
  const numbers = (text: string): number[] => [...text.matchAll(number)].map(([digits]) => Number(digits));
  const others = numbers(golden);
  return numbers(svg).reduce((most, value, index) => Math.max(most, Math.abs(value - (others[index] ?? Infinity))), 0);
}
