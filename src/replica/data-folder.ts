import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetalEntry, RateEntry } from '../domain/bank-answer.ts';
import { PlatformError } from '../domain/errors.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import { badLine, decimalCell, readCsv } from './csv.ts';
import { isMetalCode } from './series-name.ts';

/** A price of one day by another publisher: plain decimal text. */
export interface DayValue {
  readonly date: IsoDate;
  readonly value: string;
}

/** All that a data folder holds, each list in date order. */
export interface ReplicaData {
  /** By date, then by code. */
  readonly metals: readonly MetalEntry[];
  readonly usd: readonly RateEntry[];
  /** The optional drivers: empty where the folder has no such file. */
  readonly londonAm: readonly DayValue[];
  readonly londonPm: readonly DayValue[];
  readonly moscowExchange: readonly DayValue[];
}

const files = {
  gold: 'cbr_gold_history.csv',
  metals: 'cbr_metals.csv',
  usd: 'usd_rub.csv',
  londonAm: 'xau_usd.csv',
  londonPm: 'xau_usd_pm.csv',
  moscowExchange: 'moex_gldrub_tom_daily.csv',
} as const;

/** Reads the folder; throws NOT_FOUND naming a file the Bank's part cannot do without, INPUT_INVALID naming a line. */
export async function readDataFolder(folder: string): Promise<ReplicaData> {
  await requireFolder(folder);
  const [gold, otherMetals, usd, londonAm, londonPm, moscowExchange] = await Promise.all([
    readGold(folder),
    readOtherMetals(folder),
    readRates(folder),
    readDayValues(folder, files.londonAm, 'price_usd_oz'),
    readDayValues(folder, files.londonPm, 'price_usd_oz'),
    readDayValues(folder, files.moscowExchange, 'close'),
  ]);
  return { metals: mergeMetals(folder, [...gold, ...otherMetals]), usd, londonAm, londonPm, moscowExchange };
}

async function requireFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new PlatformError('NOT_FOUND', `The data folder ${folder} does not exist.`, {
    context: { folder },
    hint: `Name a folder with ${files.gold}, ${files.metals} and ${files.usd}.`,
  });
}

/** Gold has a file of its own: observed prices, and prices worked out by the Bank's rule between them. */
async function readGold(folder: string): Promise<MetalEntry[]> {
  const { path, text } = await readRequired(folder, files.gold);
  return readCsv(path, text, ['date', 'buy', 'sell']).flatMap((row) => {
    const buy = decimalCell(path, row, 1);
    const sell = decimalCell(path, row, 2);
    return buy === null ? [] : [{ date: row.date, code: '1', buy, sell }];
  });
}

async function readOtherMetals(folder: string): Promise<MetalEntry[]> {
  const { path, text } = await readRequired(folder, files.metals);
  return readCsv(path, text, ['date', 'code', 'buy', 'sell']).flatMap((row) => {
    const code = row.cells[1] ?? '';
    if (!isMetalCode(code)) throw badLine(path, row.line, `"${code}" is not a code of a metal (1..4)`);
    const buy = decimalCell(path, row, 2);
    const sell = decimalCell(path, row, 3);
    return buy === null || code === '1' ? [] : [{ date: row.date, code, buy, sell }];
  });
}

async function readRates(folder: string): Promise<RateEntry[]> {
  const { path, text } = await readRequired(folder, files.usd);
  return readCsv(path, text, ['date', 'rate']).flatMap((row) => {
    const value = decimalCell(path, row, 1);
    return value === null ? [] : [{ date: row.date, nominal: '1', value }];
  });
}

async function readDayValues(folder: string, file: string, column: string): Promise<DayValue[]> {
  const path = join(folder, file);
  const text = await readOptional(path);
  if (text === null) return [];
  return readCsv(path, text, ['date', column]).flatMap((row) => {
    const value = decimalCell(path, row, 1);
    return value === null ? [] : [{ date: row.date, value }];
  });
}

async function readRequired(folder: string, file: string): Promise<{ path: string; text: string }> {
  const path = join(folder, file);
  const text = await readOptional(path);
  if (text !== null) return { path, text };
  throw new PlatformError('NOT_FOUND', `The data folder ${folder} has no file ${file}.`, {
    context: { folder, file },
    hint: `The replica needs ${files.gold}, ${files.metals} and ${files.usd}; the other files are optional.`,
  });
}

async function readOptional(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new PlatformError('INPUT_INVALID', `${path} cannot be read.`, { cause: error, context: { path } });
  }
}

/** The Bank lists a day's metals by code, and has one price of a metal for a day. */
function mergeMetals(folder: string, entries: readonly MetalEntry[]): MetalEntry[] {
  const order = (entry: MetalEntry) => `${entry.date} ${entry.code}`;
  const sorted = entries.toSorted((left, right) => (order(left) < order(right) ? -1 : 1));
  sorted.forEach((entry, index) => {
    const next = sorted[index + 1];
    if (next === undefined || order(entry) !== order(next)) return;
    throw new PlatformError('INPUT_INVALID', `The data folder ${folder} has two prices of metal ${order(entry)}.`, {
      context: { folder, date: entry.date, code: entry.code },
      hint: 'Keep one of them.',
    });
  });
  return sorted;
}
