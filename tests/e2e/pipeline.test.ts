import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moscowInstant } from '../../src/domain/moscow-time.ts';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';

interface Summary {
  readonly simulated: boolean;
  readonly quotes: number;
  readonly months: number;
  readonly firstDate: string;
  readonly lastDate: string;
  readonly champion: { readonly model: string; readonly version: number; readonly stage: string };
  readonly next: {
    readonly date: string;
    readonly meanRubPerGram: number;
    readonly interval95: [number, number];
    readonly interval80: [number, number];
  };
  readonly horizon: number;
  readonly steps: readonly { readonly step: string; readonly status: string; readonly rowsOut: number | null }[];
  readonly rows: Readonly<Record<string, number>>;
}

let history: MadeHistory;
let replica: Replica;
let installation: TestInstallation;

const hiddenDays = 5;

beforeAll(async () => {
  history = makeHistory();
  const lastShown = history.dates.at(-1 - hiddenDays) ?? expect.fail('the made history is too short');
  replica = await startReplica({
    dataFolder: history.folder,
    port: 0,
    published: moscowInstant(lastShown, '12:00'),
  });
  installation = createInstallation({ ASSAY_CBR_URL: replica.url, ASSAY_NOW: '2019-06-29T12:00:00Z' });
});

afterAll(async () => {
  await installation?.remove();
  await replica?.stop();
  rmSync(history.folder, { recursive: true, force: true });
});

async function once(): Promise<Summary> {
  const result = await installation.run(['up', '--once']);
  expect(result.stderr + result.stdout).toContain('quotes');
  expect(result.exitCode, result.stderr).toBe(0);
  return JSON.parse(result.stdout) as Summary;
}

/** Rows of the data layers; what ran is recorded anew by every run and is no data. */
function dataRows(summary: Summary): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(summary.rows).filter(([table]) => /^(raw|ods|dm)\./.test(table)));
}

describe('the main job, run once and again', () => {
  let first: Summary;

  it('goes from the source to a forecast', async () => {
    first = await once();
    const shown = history.dates.length - hiddenDays;
    expect(first).toMatchObject({
      simulated: false,
      quotes: shown,
      firstDate: history.dates[0],
      lastDate: history.dates[shown - 1],
      champion: { stage: 'Production', version: 1 },
      horizon: 14,
    });
    expect(first.next.date).toBe(history.dates[shown]);
    const { interval80, interval95, meanRubPerGram } = first.next;
    const ordered = [interval95[0], interval80[0], meanRubPerGram, interval80[1], interval95[1]];
    expect(ordered).toEqual([...ordered].sort((a, b) => a - b));
    expect(first.rows['ods.metal_quote']).toBe(shown * 4);
    expect(first.rows['dm.quote_daily']).toBe(shown * 4);
    expect(first.steps.every((step) => step.status === 'succeeded')).toBe(true);
  });

  it('writes no new row anywhere when nothing is new', async () => {
    const second = await once();
    expect(dataRows(second)).toEqual(dataRows(first));
    expect(second.next).toEqual(first.next);
  });

  it('takes exactly what was published since', async () => {
    replica.setPublished(null);
    const third = await once();
    expect(third.quotes).toBe(first.quotes + hiddenDays);
    const before = dataRows(first);
    const after = dataRows(third);
    for (const table of ['raw.record', 'ods.metal_quote', 'ods.fx_rate', 'dm.quote_daily']) {
      const perDay = table === 'raw.record' ? 5 : table === 'ods.fx_rate' ? 1 : 4;
      expect(Number(after[table]) - Number(before[table]), table).toBe(hiddenDays * perDay);
    }
    expect(Number(after['dm.forecast_vintage'])).toBe(Number(before['dm.forecast_vintage']) + 1);
    expect(Number(after['dm.forecast_vs_fact'])).toBe(Number(before['dm.forecast_vs_fact']) + hiddenDays);
  });
});
