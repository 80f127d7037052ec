import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLbmaSource, parseLbmaAnswer } from '../../../../src/adapters/price-source/lbma.ts';
import { createMoexSource, parseMoexAnswer } from '../../../../src/adapters/price-source/moex.ts';
import { addDays, isoDate } from '../../../../src/domain/iso-date.ts';
import { parsePublished, type Replica, startReplica } from '../../../../src/replica/server.ts';
import { frozenClock } from '../../../support/frozen-clock.ts';
import { makeDataFolder } from '../../../support/replica-data.ts';

const range = { from: isoDate('2025-06-26'), to: isoDate('2025-06-30') };
const never = new AbortController().signal;
const bytesOf = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const answer = (value: unknown, status = 200, headers: Record<string, string> = {}) => ({
  status,
  headers,
  bytes: bytesOf(value),
});
const row = (d: unknown, usd: unknown) => ({ is_cms_locked: 0, d, v: [usd, 0, 0] });
const page = (rows: readonly (readonly unknown[])[], cursor: readonly unknown[] = [0, rows.length, 100]) => ({
  history: { columns: ['BOARDID', 'TRADEDATE', 'SECID', 'CLOSE'], data: rows },
  'history.cursor': { columns: ['INDEX', 'TOTAL', 'PAGESIZE'], data: [cursor] },
});
const trade = (date: string, close: unknown = 8000.5) => ['CETS', date, 'GLDRUB_TOM', close];

describe('London', () => {
  it('is read within the range, its texts untouched', () => {
    const table = [row('2025-06-25', 3300), row('2025-06-26', 3318.7), row('2025-06-27', 3271.75)];
    expect(parseLbmaAnswer('gold-pm', range, answer(table))).toEqual({
      ok: true,
      records: [
        { code: 'XAU', date: '2025-06-26', fields: { Usd: '3318.7' } },
        { code: 'XAU', date: '2025-06-27', fields: { Usd: '3271.75' } },
      ],
    });
  });

  it.each([
    ['status', answer([], 503)],
    ['html', answer('<!DOCTYPE html><html></html>')],
    ['challenge', answer('<!DOCTYPE html><html><title>DDoS-Guard</title></html>')],
    ['truncated', answer('')],
    ['truncated', answer('[{"d":"2025-06-26","v":[3318.7')],
    ['truncated', answer([row('2025-06-26', 1)], 200, { 'content-length': '9999' })],
    ['truncated', answer([])],
    ['malformed', answer('[{]')],
    ['encoding', { status: 200, headers: {}, bytes: Uint8Array.of(0x5b, 0xff, 0x5d) }],
    ['shape', answer({ rows: [] })],
    ['shape', answer([1])],
    ['shape', answer([{ d: '2025-06-26' }])],
    ['value', answer([row('26.06.2025', 1)])],
    ['value', answer([row('2025-06-26', 0)])],
    ['value', answer([row('2025-06-26', null)])],
    ['value', answer([row('2025-06-26', '3318.7')])],
    ['value', answer([row('2025-06-26', 3318.123456)])],
    ['duplicate', answer([row('2025-06-26', 1), row('2025-06-26', 1)])],
    ['order', answer([row('2025-06-27', 1), row('2025-06-26', 1)])],
  ])('is refused as %s', (kind, given) => {
    const parsed = parseLbmaAnswer('gold-pm', range, given);
    expect(parsed).toMatchObject({ ok: false, kind });
  });
});

describe('the Moscow Exchange', () => {
  it('is read from its pages; a day without a close has no record', () => {
    const pages = [
      page([trade('2025-06-26'), trade('2025-06-27', null)], [0, 3, 2]),
      page([trade('2025-06-30')], [2, 3, 2]),
    ];
    expect(parseMoexAnswer('gldrub', range, answer(pages))).toEqual({
      ok: true,
      records: [
        { code: 'GLDRUB_TOM', date: '2025-06-26', fields: { Close: '8000.5' } },
        { code: 'GLDRUB_TOM', date: '2025-06-30', fields: { Close: '8000.5' } },
      ],
    });
  });

  it.each([
    ['shape', answer([{}])],
    ['shape', answer(page([trade('2025-06-26')]))],
    ['truncated', answer([])],
    ['truncated', answer([page([trade('2025-06-26')], [0, 2, 100])])],
    ['range', answer([page([trade('2025-06-26')], [1, 2, 100])])],
    ['range', answer([page([trade('2025-05-26')])])],
    ['shape', answer([page([['CETS', '2025-06-26', 'SLVRUB_TOM', 100]])])],
    ['shape', answer([page([['CETS', '2025-06-26']])])],
    ['duplicate', answer([page([trade('2025-06-26'), trade('2025-06-26')])])],
    ['order', answer([page([trade('2025-06-27'), trade('2025-06-26')])])],
    ['value', answer([page([trade('2025-06-26', -1)])])],
    ['value', answer([page([trade('26 June')])])],
  ])('is refused as %s', (kind, given) => {
    expect(parseMoexAnswer('gldrub', range, given)).toMatchObject({ ok: false, kind });
  });
});

it('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map(bytesOf)), (bytes) => {
      for (const parse of [parseLbmaAnswer, parseMoexAnswer]) {
        for (const series of ['gold-am', 'gldrub'] as const) {
          expect(typeof parse(series, range, { status: 200, headers: {}, bytes }).ok).toBe('boolean');
        }
      }
    }),
  );
});

describe('through the replica', () => {
  let replica: Replica;
  const days = Array.from({ length: 230 }, (_, index) => `${addDays(isoDate('2024-11-01'), index)},${8000 + index}`);
  const sleep = async () => {};
  beforeAll(async () => {
    const changes = { 'moex_gldrub_tom_daily.csv': ['date,close', ...days].join('\n') };
    replica = await startReplica({ dataFolder: await makeDataFolder(changes), port: 0, published: null });
  });
  afterAll(() => replica.stop());

  it('London answers at its hour and no earlier', async () => {
    const source = createLbmaSource({ baseUrl: `${replica.url}/`, clock: frozenClock(), sleep });
    const dates = async (published: string) => {
      replica.setPublished(parsePublished(published));
      const parsed = source.parse('gold-pm', range, await source.fetch('gold-pm', range, never));
      return parsed.ok ? parsed.records.map(({ date }) => date) : parsed.reason;
    };
    expect(await dates('2025-06-27 17:09')).toEqual(['2025-06-26']);
    expect(await dates('2025-06-27 17:10')).toEqual(['2025-06-26', '2025-06-27']);
    expect(source.firstDate('gold-pm')).toBe('1998-01-01');
  });

  it('the exchange answers page by page, kept as one answer', async () => {
    replica.setPublished(null);
    const source = createMoexSource({ baseUrl: replica.url, clock: frozenClock(), sleep });
    const whole = { from: isoDate('2024-01-01'), to: isoDate('2025-12-31') };
    const got = await source.fetch('gldrub', whole, never);
    const parsed = source.parse('gldrub', whole, got);
    expect(parsed.ok && parsed.records.length).toBe(230);
    expect(JSON.parse(new TextDecoder().decode(got.bytes))).toHaveLength(3);
    const half = { ...got, bytes: got.bytes.subarray(0, got.bytes.length / 2) };
    expect(source.parse('gldrub', whole, half)).toMatchObject({ ok: false, kind: 'truncated' });
    const none = { from: isoDate('2020-01-01'), to: isoDate('2020-12-31') };
    expect(source.parse('gldrub', none, await source.fetch('gldrub', none, never))).toEqual({ ok: true, records: [] });
  });

  it('what is no page comes back as it is, to be judged', async () => {
    const gone = createMoexSource({ baseUrl: `${replica.url}/nowhere`, clock: frozenClock(), sleep });
    const got = await gone.fetch('gldrub', range, never);
    expect(gone.parse('gldrub', range, got)).toMatchObject({ ok: false, kind: 'status' });
  });

  it('nobody there is SOURCE_UNAVAILABLE, with the setting to look at', async () => {
    const closed = createLbmaSource({
      baseUrl: 'http://127.0.0.1:1',
      clock: frozenClock(),
      sleep,
      limits: { attempts: 1 },
    });
    await expect(closed.fetch('gold-am', range, never)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      hint: expect.stringContaining('ASSAY_LBMA_URL'),
    });
  });
});
