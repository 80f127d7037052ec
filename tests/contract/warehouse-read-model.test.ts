import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReadModel, type ReadModel } from '../../src/adapters/read-model/postgres.ts';
import { createForecastStore } from '../../src/adapters/warehouse/forecast-store.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../src/adapters/warehouse/raw-store.ts';
import { createTransformer } from '../../src/adapters/warehouse/transformer.ts';
import {
  accuracySchema,
  comparisonSchema,
  factRowSchema,
  forecastSchema,
  modelReportSchema,
  modelsSchema,
  monthSchema,
  quoteSchema,
  summarySchema,
  systemSchema,
  todaySchema,
  upkeepSchema,
  vintageSummarySchema,
} from '../../src/api/contract.ts';
import type { Instant } from '../../src/domain/moscow-time.ts';
import { transform } from '../../src/flows/transform.ts';
import type { StepContext } from '../../src/ports/journal.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import {
  sampleScores,
  sampleStoredReport,
  sampleTournament,
  sampleVintage,
} from '../unit/adapters/warehouse/sample-forecasts.ts';
import { metalRecord, sampleReceipt, usdRecord } from '../unit/adapters/warehouse/sample-receipt.ts';

const clock = { now: () => '2025-06-27T14:00:00.000Z' as Instant };
const refusal = { kind: 'challenge', reason: 'A page of the guard came.', receivedAt: '2025-06-27T13:00:00.000Z' };

describe('read model on PostgreSQL', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let api: ReadModel;

  const step = (notes: string[]): StepContext => ({
    runId: 'r',
    signal: new AbortController().signal,
    note: (message) => notes.push(message),
    rows: () => undefined,
  });
  const runTransform = (notes: string[] = []) =>
    transform({ range: null }, { transformer: createTransformer(pool), clock, step: step(notes) });

  beforeAll(async () => {
    database = await createTestDatabase({ migrate: true });
    pool = createPool(database.url);
    api = createReadModel({
      pool,
      clock,
      lake: {
        async *list() {
          yield { key: 'quarantine/cbr/metals/x.bin', bytes: 1, modifiedAt: clock.now() };
          yield { key: 'quarantine/cbr/metals/x.json', bytes: 1, modifiedAt: clock.now() };
          yield { key: 'quarantine/cbr/metals/y.json', bytes: 1, modifiedAt: clock.now() };
        },
        get: async (key) => new TextEncoder().encode(key.endsWith('x.json') ? JSON.stringify(refusal) : '{'),
      },
      version: '0.1.0',
      source: { id: 'cbr', simulated: true },
      versions: async () => [],
      memory: async () => [{ process: 'web', bytes: 1, count: 1 }],
      components: async () => [{ name: 'warehouse', state: 'ok', detail: '' }],
    });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('an empty warehouse answers everything without a number', async () => {
    expect(await api.provenance()).toEqual({
      source: 'cbr',
      simulated: true,
      generatedAt: clock.now(),
      lastEffectiveDate: null,
    });
    expect(todaySchema.parse(await api.today('gold'))).toMatchObject({ last: null, ageDays: null, recent: [] });
    expect(await api.summary({ metal: 'gold' })).toMatchObject({ quotes: 0, meanRubPerGram: null });
    expect(await api.quotes({ metal: 'gold' })).toEqual([]);
    expect(await api.months('gold')).toEqual([]);
    const upkeep = upkeepSchema.parse(await api.upkeep());
    expect(upkeep.balances.map((one) => [one.rowsIn, one.lost])).toEqual(Array(6).fill([0, 0]));
    expect(upkeep.revisions).toEqual([]);
    expect(await api.forecast('gold')).toEqual({ vintage: null, lastQuote: null, championScores: [] });
    expect(await api.models('gold')).toEqual({ metal: 'gold', tournament: null, versions: [] });
    const nothing = { metal: 'gold', report: null };
    expect(await api.accuracy('gold')).toEqual({ ...nothing, figures: [], live: [], worst: [], champions: [] });
    expect(await api.comparison('gold', 'report', 1)).toEqual({ ...nothing, rows: [] });
    expect(await api.modelReport('gold', 'theta')).toBe(null);
    expect(systemSchema.parse(await api.system()).rows['raw.record']).toBe(0);
  });

  test('prices, months and forecasts come in the shapes of the contract', async () => {
    await createRawStore(pool).load(sampleReceipt(), [
      metalRecord('2025-05-31', '8372,41'),
      metalRecord('2025-06-26', '8302,67'),
      metalRecord('2025-06-27', '8343,95'),
    ]);
    await createRawStore(pool).load(sampleReceipt({ receiptKey: 'u', series: 'usd' }), [
      usdRecord('2025-06-26', '78,4'),
      usdRecord('2025-06-27', '78,2117'),
    ]);
    await runTransform();
    const store = createForecastStore(pool);
    await store.saveVintage(sampleVintage());
    await store.saveTournament(sampleTournament(), sampleScores(), sampleStoredReport());
    await createRawStore(pool).load(sampleReceipt({ receiptKey: 'f' }), [metalRecord('2025-06-28', '8372,48')]);
    const notes: string[] = [];
    await runTransform(notes);
    expect(notes[0]).toContain('dm.quote_daily 1');
    await store.scoreVintages();

    const today = todaySchema.parse(await api.today('gold'));
    expect(today).toMatchObject({
      last: { date: '2025-06-28', buyRubPerGram: 8372.48 },
      previous: { date: '2025-06-27', buyRubPerGram: 8343.95, changeRub: 41.28 },
      ageDays: -1,
      nextQuoteDate: '2025-07-01',
      yearLow: 8302.67,
      yearHigh: 8372.48,
      allTimeHighDate: '2025-06-28',
      nextExpectedAt: '2025-06-30T13:30:00.000Z',
      place: {
        firstDate: '2025-05-31',
        quotes: 4,
        lowerQuotes: 3,
        largestRise: { date: '2025-06-27' },
      },
    });
    const quotes = quoteSchema.array().parse(await api.quotes({ metal: 'gold', from: '2025-06-27', to: '2025-06-27' }));
    expect(quotes).toMatchObject([{ date: '2025-06-27', usdRub: 78.2117 }]);
    expect(summarySchema.parse(await api.summary({ metal: 'gold' }))).toMatchObject({
      quotes: 4,
      maxRubPerGram: 8372.48,
    });
    expect(
      monthSchema
        .array()
        .parse(await api.months('gold'))
        .map((row) => row.month),
    ).toEqual(['2025-05', '2025-06']);
    const forecast = forecastSchema.parse(await api.forecast('gold'));
    expect(forecast.vintage?.points.map((point) => point.actualRubPerGram)).toEqual([8372.48, null]);
    expect(forecast.championScores.map((score) => [score.model, score.block])).toEqual([
      ['theta', 'report'],
      ['theta', 'report'],
    ]);
    expect(vintageSummarySchema.array().parse(await api.vintages('gold'))).toHaveLength(1);
    expect(factRowSchema.array().parse(await api.forecastVsFact('gold', 10))).toHaveLength(1);
    expect(modelsSchema.parse(await api.models('gold')).tournament?.models.map((row) => row.model)).toEqual([
      'theta',
      'naive',
      'sick',
    ]);
    await expect(api.forecast('gold', 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(api.quotes({ metal: 'gold', from: 'yesterday' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await api.provenance()).toMatchObject({ simulated: false, lastEffectiveDate: '2025-06-28' });
  });

  test('the report of the tournament and the live scores come in the shapes of the contract', async () => {
    const accuracy = accuracySchema.parse(await api.accuracy('gold'));
    expect(accuracy.report).toMatchObject({ tournamentId: 't1', champion: 'theta', horizon: 2, confidence: 0.9 });
    expect(accuracy.figures.map(({ model, block, horizon }) => [model, block, horizon])).toEqual([
      ['theta', 'report', 1],
      ['theta', 'report', 2],
    ]);
    expect(accuracy.live).toMatchObject([{ horizon: 1, forecasts: 1, coverage80: 1 }]);
    expect(accuracy.live[0]?.naiveMaeRub).toBeCloseTo(8372.48 - 8343.95, 6);
    expect(accuracy.worst).toMatchObject([{ targetDate: '2025-06-28', lower80RubPerGram: 8269.1 }]);
    expect(accuracy.champions).toMatchObject([{ modelName: 'theta', modelVersion: 3, forecasts: 1, scoredPoints: 1 }]);
    const comparison = comparisonSchema.parse(await api.comparison('gold', 'selection', 2));
    expect(comparison.rows.map(({ model, metrics }) => [model, metrics.mae.value])).toEqual([
      ['theta', 2],
      ['naive', 2],
    ]);
    const model = modelReportSchema.parse(await api.modelReport('gold', 'theta'));
    expect(model).toMatchObject({
      rank: 1,
      passed: true,
      reason: 'It beats naive.',
      losses: { selection: [0.9, 1.1] },
    });
    expect(model.figures).toHaveLength(4);
    expect(await api.modelReport('gold', 'sick')).toMatchObject({ failure: 'no', figures: [], passed: false });
    await expect(api.modelReport('gold', 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await api.forecastVsFact('gold', 10, 2)).toEqual([]);
  });

  test('what was refused or held is shown, and a decision reaches dm with the next transformation', async () => {
    await createRawStore(pool).load(sampleReceipt({ receiptKey: 'jump' }), [metalRecord('2025-07-01', '83724,8')]);
    await runTransform();
    const system = systemSchema.parse(await api.system());
    expect(system.held).toMatchObject([{ table: 'ods.metal_quote', code: 'gold', date: '2025-07-01', revision: 1 }]);
    expect(system.quarantined.map(({ kind }) => kind).sort()).toEqual(['challenge', 'unknown']);
    expect(system.checks.every((check) => check.offendingCount === 0)).toBe(true);
    expect(system.checks.length).toBeGreaterThan(20);

    const [held] = system.held;
    await expect(api.decideHeld(held!, 'release', ' ')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(api.decideHeld({ ...held!, revision: 9 }, 'release', 'x')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await api.decideHeld(held!, 'release', 'confirmed on the site of the Bank');
    await runTransform();
    expect((await api.system()).held).toEqual([]);
    const upkeep = upkeepSchema.parse(await api.upkeep());
    expect(upkeep.decisions).toMatchObject([
      { code: 'gold', date: '2025-07-01', decision: 'release', reason: 'confirmed on the site of the Bank' },
    ]);
    expect(upkeep.balances.every((one) => one.lost === 0)).toBe(true);
    expect(upkeep.balances[0]).toMatchObject({ from: 'source', to: 'raw.record', rowsOut: 7 });
    expect(upkeep.freshness.find((one) => one.name === 'dm.quote_daily')?.newestDate).toBe('2025-07-01');
    expect(upkeep.storage.map((one) => one.place)).toContain('warehouse raw');
    expect(upkeep.memory).toEqual([{ process: 'web', bytes: 1, count: 1 }]);
    expect((await api.today('gold')).last).toMatchObject({ date: '2025-07-01', buyRubPerGram: 83724.8 });
  });

  test('a failing check keeps what was there, names itself and its rows, and is on record', async () => {
    const before = await api.quotes({ metal: 'gold' });
    await createRawStore(pool).load(sampleReceipt({ receiptKey: 'more' }), [metalRecord('2025-07-02', '83700')]);
    // A load that counts more than it left behind: only a damaged store can say so.
    await pool.query(
      `set session_replication_role = 'replica';
       update raw.load set records = records + 1, inserted = inserted + 1 where receipt_key = 'more'; reset all`,
    );
    await expect(runTransform()).rejects.toMatchObject({
      code: 'CHECK_FAILED',
      message: expect.stringContaining('loads_balance'),
      context: { failed: [{ check: 'loads_balance', offendingCount: 1, first: [{ receipt_key: 'more' }] }] },
    });
    expect(await api.quotes({ metal: 'gold' })).toEqual(before);
    expect((await api.system()).checks[0]).toMatchObject({ check: 'loads_balance', offendingCount: 1 });
  });
});
