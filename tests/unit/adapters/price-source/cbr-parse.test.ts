import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxAnswerBytes, parseCbrAnswer } from '../../../../src/adapters/price-source/cbr-parse.ts';
import {
  encodeWindows1251,
  metalFragment,
  metalsAnswer,
  rateFragment,
  ratesAnswer,
  usdCode,
} from '../../../../src/domain/bank-answer.ts';
import { addDays, isoDate } from '../../../../src/domain/iso-date.ts';
import type { BankSeries } from '../../../../src/ports/price-source.ts';

const range = { from: isoDate('2031-02-01'), to: isoDate('2031-02-28') };
const headers = { 'content-type': 'application/xml; charset=windows-1251' };
const days = [3, 4, 5, 6].map((offset) => addDays(range.from, offset));
const valid: Readonly<Record<BankSeries, Uint8Array>> = {
  metals: encodeWindows1251(
    metalsAnswer(
      range,
      days.flatMap((date, index) => [
        metalFragment({ date, code: '1', buy: `7001.${index}5`, sell: `7002.${index}5` }),
        metalFragment({ date, code: '2', buy: '80', sell: null }),
      ]),
    ),
  ),
  usd: encodeWindows1251(
    ratesAnswer(
      usdCode,
      range,
      days.map((date) => rateFragment(usdCode, { date, nominal: '1', value: '91.25' })),
    ),
  ),
};

const read = (series: BankSeries, bytes: Uint8Array) => parseCbrAnswer(series, range, { status: 200, headers, bytes });
const seriesArbitrary = fc.constantFrom<BankSeries>('metals', 'usd');

describe('parseCbrAnswer', () => {
  it('reads both series', () => {
    const metals = read('metals', valid.metals);
    const usd = read('usd', valid.usd);
    expect(metals.ok && metals.records[0]).toEqual({
      code: '1',
      date: '2031-02-04',
      fields: { Buy: '7001,05', Sell: '7002,05' },
    });
    expect(metals.ok && metals.records[1]?.fields).toEqual({ Buy: '80', Sell: null });
    expect(usd.ok && usd.records).toHaveLength(days.length);
  });

  it('refuses every truncation, to the byte', () => {
    for (const series of ['metals', 'usd'] as const) {
      const bytes = valid[series];
      for (let length = 0; length < bytes.length; length += 1) {
        const result = read(series, bytes.subarray(0, length));
        expect(result, `${series} cut to ${length} bytes`).toMatchObject({ ok: false, kind: 'truncated' });
      }
    }
  });

  it('never throws, and what it accepts after damage still fits the request', () => {
    const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(seriesArbitrary, damage, (series, hits) => {
        const bytes = valid[series].slice();
        for (const { at, byte } of hits) bytes[at % bytes.length] = byte;
        const result = read(series, bytes);
        if (!result.ok) {
          expect(result.reason).not.toBe('');
          return;
        }
        const keys = result.records.map(({ date, code }) => `${date} ${code}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const { date } of result.records) expect(date >= range.from && date <= range.to).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on pieces of answers in any order', () => {
    const piece = seriesArbitrary.chain((series) =>
      fc
        .tuple(fc.nat(valid[series].length), fc.nat(200))
        .map(([at, length]) => valid[series].subarray(at, at + length)),
    );
    const anything = fc.oneof(piece, fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(seriesArbitrary, fc.array(anything, { maxLength: 5 }), (series, pieces) => {
        const declaration = valid[series].subarray(0, 45);
        expect(read(series, Buffer.concat([declaration, ...pieces]))).toHaveProperty('ok');
        expect(read(series, Buffer.concat(pieces))).toHaveProperty('ok');
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses an answer past the byte limit unread', () => {
    const result = read('metals', new Uint8Array(maxAnswerBytes + 1));
    expect(result).toMatchObject({ ok: false, kind: 'too-large' });
  });

  it('keeps names that JavaScript knows from passing for fields', () => {
    const text = Buffer.from(valid.usd).toString('latin1');
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const spoilt = text.replaceAll('VunitRate>', `${name}>`);
      expect(read('usd', Buffer.from(spoilt, 'latin1'))).toMatchObject({ ok: false, kind: 'shape' });
    }
  });
});
