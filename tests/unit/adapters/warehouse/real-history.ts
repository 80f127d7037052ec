import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../src/config/package-root.ts';
import type { RawRecord } from '../../../../src/ports/price-source.ts';
import { metalRecord, usdRecord } from './sample-receipt.ts';

const folder = join(packageRoot, '..', 'shared', 'data');

export const hasRealHistory: boolean = existsSync(join(folder, 'cbr_gold_history.csv'));

/** Gold where known or worked out by the Bank's rule; the other metals where known. */
export function realMetals(): RawRecord[] {
  const gold = csvRows('cbr_gold_history.csv').map(([date, buy, sell]) => record(date, buy, sell, '1'));
  const others = csvRows('cbr_metals.csv')
    .filter(([, code]) => code !== '1')
    .map(([date, code, buy, sell]) => record(date, buy, sell, code));
  return [...gold, ...others];
}

/** The dollar from its redenomination on. */
export function realDollars(): RawRecord[] {
  return csvRows('usd_rub.csv')
    .filter(([date]) => (date ?? '') >= '1998-01-01')
    .map(([date, rate]) => usdRecord(date ?? '', comma(rate) ?? ''));
}

function record(date = '', buy: string | undefined, sell: string | undefined, code: string | undefined): RawRecord {
  return metalRecord(date, comma(buy), comma(sell), code);
}

function comma(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text.replace('.', ',');
}

function csvRows(file: string): string[][] {
  const lines = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/);
  return lines.slice(1).map((line) => line.split(','));
}
