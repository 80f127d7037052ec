import { createHash } from 'node:crypto';
import { parseCbrAnswer } from '../../src/adapters/price-source/cbr-parse.ts';
import {
  encodeWindows1251,
  metalFragment,
  metalsAnswer,
  rateFragment,
  ratesAnswer,
  usdCode,
} from '../../src/domain/bank-answer.ts';
import { type DateRange, isoDate } from '../../src/domain/iso-date.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { PriceSource, SourceSeries } from '../../src/ports/price-source.ts';

export interface ScriptedSource extends PriceSource {
  /** Gold and dollar by date, as decimal text: change them between fetches. */
  readonly gold: Map<string, string>;
  readonly usd: Map<string, string>;
  readonly asked: { readonly series: SourceSeries; readonly range: DateRange }[];
  /** Bytes to answer with instead, for either series. */
  override: Uint8Array | null;
}

/** A bank whose prices a test decides, answering in the Bank's own bytes. */
export function createScriptedSource(clock: Clock): ScriptedSource {
  const source: ScriptedSource = {
    id: 'cbr',
    simulated: false,
    series: ['metals', 'usd'],
    gold: new Map([
      ['2025-06-26', '8350.10'],
      ['2025-06-27', '8343.95'],
    ]),
    usd: new Map([['2025-06-27', '78.2117']]),
    asked: [],
    override: null,
    firstDate: (series) => isoDate(series === 'metals' ? '1998-01-05' : '1998-01-01'),
    async fetch(series, range) {
      source.asked.push({ series, range });
      return {
        url: `http://bank.test/${series}`,
        requestedAt: clock.now(),
        receivedAt: clock.now(),
        status: 200,
        headers: { 'content-type': 'application/xml; charset=windows-1251' },
        bytes: source.override ?? encodeWindows1251(answerText(source, series, range)),
      };
    },
    parse: parseCbrAnswer,
  };
  return source;
}

function answerText(source: ScriptedSource, series: SourceSeries, range: DateRange): string {
  const within = [...(series === 'metals' ? source.gold : source.usd)]
    .filter(([date]) => date >= range.from && date <= range.to)
    .toSorted();
  if (series === 'usd') {
    const rates = within.map(([date, value]) => rateFragment(usdCode, { date: isoDate(date), nominal: '1', value }));
    return ratesAnswer(usdCode, range, rates);
  }
  const prices = within.map(([date, buy]) => metalFragment({ date: isoDate(date), code: '1', buy, sell: buy }));
  return metalsAnswer(range, prices);
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
