import { describe, expect, it } from 'vitest';
import { readDataFolder } from '../../../src/replica/data-folder.ts';
import { files, makeDataFolder } from '../../support/replica-data.ts';

describe('readDataFolder', () => {
  it('takes gold from its own file and the other metals from theirs, and leaves blanks out', async () => {
    const data = await readDataFolder(await makeDataFolder());
    expect(data.metals.filter((entry) => entry.date === '2025-06-24').map(({ code, buy }) => [code, buy])).toEqual([
      ['1', '8500.10'],
      ['2', '90.5'],
      ['3', '3000'],
    ]);
    expect(data.metals[0]).toEqual({ date: '2000-01-06', code: '1', buy: '231.94', sell: '246.67' });
    expect(data.usd).toHaveLength(4);
  });

  it.each(['cbr_gold_history.csv', 'cbr_metals.csv', 'usd_rub.csv'])('names %s when it is missing', async (file) => {
    await expect(readDataFolder(await makeDataFolder({ [file]: null }))).rejects.toThrow(`no file ${file}`);
  });

  it('does without the optional files', async () => {
    const missing = { 'xau_usd.csv': null, 'xau_usd_pm.csv': null, 'moex_gldrub_tom_daily.csv': null };
    const data = await readDataFolder(await makeDataFolder(missing));
    expect([data.londonAm, data.londonPm, data.moscowExchange]).toEqual([[], [], []]);
  });

  it('names a folder that is not there', async () => {
    await expect(readDataFolder('/nowhere/at/all')).rejects.toThrow('/nowhere/at/all');
  });

  it.each([
    ['usd_rub.csv', 'date,rate\n2025-06-27,78.2117\n2025-06-28,78;4', 'line 3: "78;4" is not a number'],
    ['usd_rub.csv', 'date,rate\n2025-06-31,78.2117', 'line 2: "2025-06-31" is not a date'],
    ['usd_rub.csv', 'date,rate\n2025-06-28,78\n2025-06-27,78', 'line 3: 2025-06-27 comes after 2025-06-28'],
    ['usd_rub.csv', 'date,rate\n2025-06-28', 'line 2: 1 cells, not 2'],
    ['usd_rub.csv', 'day,rate\n2025-06-28,78', 'line 1: the header is "day,rate"'],
    ['cbr_metals.csv', 'date,code,buy,sell\n2025-06-24,9,1,1', 'line 2: "9" is not a code'],
    [
      'cbr_gold_history.csv',
      `${files['cbr_gold_history.csv']}\n2025-06-28,1,1,observed`,
      'two prices of metal 2025-06-28 1',
    ],
  ])('names the fault in %s', async (file, content, expected) => {
    await expect(readDataFolder(await makeDataFolder({ [file]: content }))).rejects.toThrow(expected);
  });
});
