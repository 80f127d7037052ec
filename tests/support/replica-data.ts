import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export const files: Readonly<Record<string, string>> = {
  'cbr_gold_history.csv': [
    'date,buy,sell,origin',
    '2000-01-06,231.94,246.67,observed',
    '2025-06-24,8500.10,8500.10,observed',
    '2025-06-25,8501.00,8501.00,observed',
    '2025-06-26,8502.25,8502.25,observed',
    '2025-06-27,8503.5,8503.5,observed',
    '2025-06-28,8504.75,8504.75,observed',
  ].join('\n'),
  'cbr_metals.csv': [
    'date,code,buy,sell',
    '2025-06-24,1,1,1',
    '2025-06-24,2,90.5,90.5',
    '2025-06-24,3,3000,3000',
    '2025-06-24,4,,',
    '2025-06-25,2,91.05,91.05',
    '',
  ].join('\n'),
  'usd_rub.csv': ['date,rate', '1997-12-30,5960', '1998-01-01,5.96', '2025-06-27,78.2117', '2025-06-28,78.4685'].join(
    '\r\n',
  ),
  'xau_usd.csv': ['date,price_usd_oz', '2025-06-26,3320.5', '2025-06-27,3286.25'].join('\n'),
  'xau_usd_pm.csv': ['date,price_usd_oz', '2025-06-26,3318.7', '2025-06-27,3271.75'].join('\n'),
  'moex_gldrub_tom_daily.csv': ['date,close', '2025-06-26,8180', '2025-06-27,8176.5'].join('\n'),
};

const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A data folder with made values, changed by `changes` (null: no such file). */
export async function makeDataFolder(changes: Readonly<Record<string, string | null>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-data-'));
  made.push(folder);
  for (const [name, content] of Object.entries({ ...files, ...changes })) {
    if (content !== null) await writeFile(join(folder, name), content);
  }
  return folder;
}
