import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCbrAnswer } from '../../../src/adapters/price-source/cbr-parse.ts';
import {
  dailyAnswer,
  encodeWindows1251,
  metalFragment,
  metalsAnswer,
  rateFragment,
  ratesAnswer,
  usdCode,
} from '../../../src/domain/bank-answer.ts';
import { type DateRange, isoDate } from '../../../src/domain/iso-date.ts';
import type { RawRecord, SourceSeries } from '../../../src/ports/price-source.ts';
import { challengePage } from '../../../src/replica/send.ts';

const folder = resolve(import.meta.dirname, '../../../../shared/data/cbr_xml');
const present = existsSync(folder);
const files = (pattern: RegExp) => (present ? readdirSync(folder).filter((name) => pattern.test(name)) : []);
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
/** A value as a table may hold it, with one zero more or all of them dropped: the writer has to find the right form. */
const padded = (text: string | null | undefined) => {
  const [whole = '', fraction = ''] = (text ?? '').split(',');
  return `${whole}.${fraction}0`;
};
const bare = (text: string | null | undefined) => (text ?? '').replace(',', '.').replace(/\.?0+$/, '');

/** The range in a file's name: `date_req1_01_03_2026_date_req2_05_03_2026`, or `20201212`, or two such. */
function rangeOf(name: string): DateRange {
  const dates = [...name.matchAll(/date_req[12]_(\d\d)_(\d\d)_(\d{4})/g)].map(([, d, m, y]) =>
    isoDate(`${y}-${m}-${d}`),
  );
  const compact = [...name.matchAll(/_(\d{4})(\d\d)(\d\d)/g)].map(([, y, m, d]) => isoDate(`${y}-${m}-${d}`));
  const [from, to] = dates.length > 0 ? dates : compact;
  if (from === undefined) throw new Error(`${name} has no range in its name`);
  return { from, to: to ?? from };
}

function parse(series: SourceSeries, name: string): readonly RawRecord[] {
  const headers = { 'content-type': 'application/xml; charset=windows-1251' };
  const result = parseCbrAnswer(series, rangeOf(name), { status: 200, headers, bytes: bytesOf(name) });
  if (!result.ok) throw new Error(`${name}: ${result.reason}`);
  return result.records;
}

function expectSameBytes(text: string, name: string): void {
  const bytes = encodeWindows1251(text);
  expect(text).toBe(new TextDecoder('windows-1251').decode(bytesOf(name)));
  expect(Buffer.compare(bytes, bytesOf(name)), `bytes of ${name}`).toBe(0);
}

describe.skipIf(!present)(
  'recorded answers of the Bank (skipped where the folder of recorded answers is absent)',
  () => {
    it('covers every kind of recorded answer', () => {
      expect(files(/^xml_metall/)).not.toEqual([]);
      expect(files(/^XML_dynamic/)).not.toEqual([]);
      expect(files(/^XML_daily/)).not.toEqual([]);
    });

    it.each(files(/^xml_metall/))('%s is read, and written again byte for byte', (name) => {
      const fragments = parse('metals', name).map(({ date, code, fields }) =>
        metalFragment({ date, code, buy: padded(fields['Buy']), sell: padded(fields['Sell']) }),
      );
      expect(fragments.length).toBeGreaterThan(0);
      expectSameBytes(metalsAnswer(rangeOf(name), fragments), name);
    });

    it.each(files(/^XML_dynamic/))('%s is read, and written again byte for byte', (name) => {
      const fragments = parse('usd', name).map(({ date, fields }) =>
        rateFragment(usdCode, { date, nominal: fields['Nominal'] ?? '', value: bare(fields['Value']) }),
      );
      expect(fragments.length).toBeGreaterThan(0);
      expectSameBytes(ratesAnswer(usdCode, rangeOf(name), fragments), name);
    });

    it.each(files(/^XML_daily/))('%s is written again byte for byte from its values', (name) => {
      const text = new TextDecoder('windows-1251').decode(bytesOf(name));
      const field = (part: string, element: string) => new RegExp(`<${element}>([^<]*)<`).exec(part)?.[1] ?? '';
      const currencies = text
        .split('<Valute ')
        .slice(1)
        .map((part) => ({
          id: /ID="([^"]+)"/.exec(part)?.[1] ?? '',
          numCode: field(part, 'NumCode'),
          charCode: field(part, 'CharCode'),
          nominal: field(part, 'Nominal'),
          name: field(part, 'Name'),
          value: bare(field(part, 'Value')),
        }));
      const [, day, month, year] = /Date="(\d\d)\.(\d\d)\.(\d{4})"/.exec(text) ?? [];
      expect(currencies.length).toBeGreaterThan(30);
      expectSameBytes(dailyAnswer(isoDate(`${year}-${month}-${day}`), currencies), name);
    });

    it('the challenge page begins as the recorded one', () => {
      const recorded = readFileSync(join(folder, 'ddos_guard_challenge__partial.html'), 'utf8');
      const head = recorded.slice(0, recorded.indexOf('<!--'));
      expect(head.length).toBeGreaterThan(100);
      expect(challengePage.startsWith(head)).toBe(true);
      const answer = { status: 200, headers: {}, bytes: new TextEncoder().encode(recorded) };
      const range = { from: isoDate('2026-03-01'), to: isoDate('2026-03-05') };
      expect(parseCbrAnswer('metals', range, answer)).toMatchObject({ ok: false, kind: 'challenge' });
    });
  },
);
