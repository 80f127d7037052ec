import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, type DateRange, isIsoDate, isoDate } from '../../src/domain/iso-date.ts';
import type { PriceSource, RawRecord, SourceAnswer, SourceSeries } from '../../src/ports/price-source.ts';

export interface OpenSource {
  readonly source: PriceSource;
  /** A range in which both series have records, and a part of it in which they have some, too. */
  readonly range: DateRange;
  readonly part: DateRange;
  close(): Promise<void>;
}

/** What every source must do, whoever publishes it. */
export function priceSourceContract(name: string, openSource: () => Promise<OpenSource>): void {
  describe(`price source contract: ${name}`, () => {
    let opened: OpenSource;
    beforeAll(async () => {
      opened = await openSource();
    });
    afterAll(() => opened.close());

    const never = new AbortController().signal;
    const ask = (series: SourceSeries, range: DateRange) => opened.source.fetch(series, range, never);
    const records = (series: SourceSeries, range: DateRange, answer: SourceAnswer): readonly RawRecord[] => {
      const parsed = opened.source.parse(series, range, answer);
      expect(parsed).toMatchObject({ ok: true });
      return parsed.ok ? parsed.records : [];
    };

    it('has a name fit for keys, and knows where its series begin', () => {
      expect(opened.source.id).toMatch(/^[a-z][a-z0-9-]*$/);
      for (const series of opened.source.series) expect(isIsoDate(opened.source.firstDate(series))).toBe(true);
    });

    it.each(['metals', 'usd'] as const)(
      'answers for a range of %s, in order, once each, within the range',
      async (series) => {
        const { range, part } = opened;
        const all = records(series, range, await ask(series, range));
        const keys = all.map(({ date, code }) => `${date} ${code}`);
        expect(all.length).toBeGreaterThan(0);
        expect(new Set(keys).size).toBe(keys.length);
        expect(all.map(({ date }) => date)).toEqual(all.map(({ date }) => date).toSorted());
        expect(all.every(({ date }) => date >= range.from && date <= range.to)).toBe(true);
        const some = records(series, part, await ask(series, part));
        expect(some.length).toBeGreaterThan(0);
        expect(some).toEqual(all.filter(({ date }) => date >= part.from && date <= part.to));
      },
    );

    it('says how and when an answer came', async () => {
      const answer = await ask('metals', opened.part);
      expect(answer.url).not.toBe('');
      expect(answer.status).toBe(200);
      expect(answer.requestedAt <= answer.receivedAt).toBe(true);
      expect(Object.keys(answer.headers).every((header) => header === header.toLowerCase())).toBe(true);
      expect(JSON.stringify(answer.headers)).not.toContain('=replica');
    });

    it('parses the same bytes to the same result and leaves them as they are', async () => {
      const answer = await ask('metals', opened.range);
      const before = Buffer.from(answer.bytes);
      expect(opened.source.parse('metals', opened.range, answer)).toEqual(
        opened.source.parse('metals', opened.range, answer),
      );
      expect(before.equals(Buffer.from(answer.bytes))).toBe(true);
    });

    it('answers for days without a record with no record', async () => {
      const range = { from: isoDate('1990-01-01'), to: isoDate('1990-01-07') };
      expect(records('metals', range, await ask('metals', range))).toEqual([]);
    });

    it('refuses the answer to another question, a part of an answer, and another series', async () => {
      const { source, range } = opened;
      const answer = await ask('metals', range);
      const other = { from: range.from, to: addDays(range.to, 1) };
      const half = { ...answer, bytes: answer.bytes.subarray(0, answer.bytes.length / 2) };
      expect(source.parse('metals', other, answer)).toMatchObject({ ok: false, kind: 'range' });
      expect(source.parse('metals', range, half)).toMatchObject({ ok: false, kind: 'truncated' });
      expect(source.parse('usd', range, answer)).toMatchObject({ ok: false, kind: 'shape' });
    });

    it('does not ask when it is already told to stop', async () => {
      await expect(opened.source.fetch('metals', opened.range, AbortSignal.abort())).rejects.toThrow();
    });
  });
}
