import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnownValue, MarketHistory } from '../../src/domain/market.ts';

/** A folder that `assay replica` serves, with the values of a made market: the Bank's, London's and the exchange's. */
export function writeMarketFolder(history: MarketHistory): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-market-'));
  const write = (file: string, header: string, lines: readonly string[]) =>
    writeFileSync(join(folder, file), `${[header, ...lines].join('\n')}\n`);
  const plain = (values: readonly KnownValue[]) => values.map(({ date, value }) => `${date},${value}`);
  write(
    'cbr_gold_history.csv',
    'date,buy,sell',
    history.quotes.map(({ date, value }) => `${date},${value},${value}`),
  );
  write(
    'cbr_metals.csv',
    'date,code,buy,sell',
    history.quotes.map(({ date }) => `${date},2,80,80`),
  );
  write('usd_rub.csv', 'date,rate', plain(history.usd));
  write('xau_usd.csv', 'date,price_usd_oz', plain(history.londonMorning));
  write('xau_usd_pm.csv', 'date,price_usd_oz', plain(history.londonEvening));
  write('moex_gldrub_tom_daily.csv', 'date,close', plain(history.exchangeCloses));
  return folder;
}
