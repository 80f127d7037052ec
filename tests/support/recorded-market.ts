import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isoDate } from '../../src/domain/iso-date.ts';
import type { KnownValue, MarketHistory } from '../../src/domain/market.ts';
import { type PublicationRule, publicationRules, publishedAt } from '../../src/domain/publication.ts';

const folder = resolve(import.meta.dirname, '../../../shared/data');

/** Whether the folder of recorded history stands beside the repository. */
export const hasRecordedMarket = existsSync(folder);

/** Rows of a file of recorded history, without its header. */
export function recordedRows(file: string): string[][] {
  const [, ...lines] = readFileSync(resolve(folder, file), 'utf8').trim().split('\n');
  return lines.map((line) => line.trim().split(','));
}

/** Gold with both legs and the exchange's closes, each known at its publisher's hour. */
export function recordedMarket(): MarketHistory {
  return {
    quotes: values('cbr_gold_history.csv', publicationRules.metals).filter(({ date }) => date >= '2008-07-02'),
    usd: values('usd_rub.csv', publicationRules.usd).filter(({ date }) => date >= '1998-01-01'),
    londonMorning: values('xau_usd.csv', publicationRules.londonAm).filter(({ date }) => date >= '1998-01-01'),
    londonEvening: values('xau_usd_pm.csv', publicationRules.londonPm).filter(({ date }) => date >= '1998-01-01'),
    exchangeCloses: values('moex_gldrub_tom_daily.csv', publicationRules.moscowExchange),
  };
}

function values(file: string, rule: PublicationRule): KnownValue[] {
  return recordedRows(file).map(([day = '', value]) => {
    const date = isoDate(day);
    return { date, revision: 1, value: Number(value), knownAt: publishedAt(rule, date) };
  });
}
