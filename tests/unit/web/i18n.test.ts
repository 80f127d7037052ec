import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { en } from '../../../web/i18n/en.ts';
import { formatOf } from '../../../web/i18n/format.ts';
import { ru } from '../../../web/i18n/ru.ts';

const forms = { one: 'день', few: 'дня', other: 'дней' };

describe('numbers, dates and plurals', () => {
  it('speak Russian', () => {
    const f = formatOf('ru');
    expect(f.money(8261.1)).toBe('8\u00a0261,10\u00a0₽');
    expect(f.signedPercent(-0.5)).toBe('−0,50\u00a0%');
    expect(f.date('2025-06-28')).toBe('28 июня 2025');
    expect(f.month('2025-06')).toBe('июнь 2025');
    expect([1, 2, 5, 11, 21, 22, 112].map((count) => f.count(count, forms).split('\u00a0')[1])).toEqual([
      'день',
      'дня',
      'дней',
      'дней',
      'день',
      'дня',
      'дней',
    ]);
  });

  it('speak English', () => {
    const f = formatOf('en');
    expect(f.money(8261.1)).toBe('₽8,261.10');
    expect(f.signed(0)).toBe('0.00');
    expect(f.date('2025-06-28', 'short')).toBe('28 Jun 2025');
    expect([f.count(1, { one: 'day', other: 'days' }), f.count(2, { one: 'day', other: 'days' })]).toEqual([
      '1\u00a0day',
      '2\u00a0days',
    ]);
  });

  it('show instants on Moscow’s clock', () => {
    expect(formatOf('ru').instant('2025-06-27T22:30:00.000Z')).toBe('28.06.2025, 01:30');
  });

  it('never print a hyphen for a minus', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e7, max: 1e7, noNaN: true }), (value) => {
        for (const lang of ['ru', 'en'] as const) expect(formatOf(lang).signed(value)).not.toContain('-');
      }),
    );
  });
});

describe('dictionaries', () => {
  it('fill the same shape with different words', () => {
    const [russian, english] = [flatten(ru), flatten(en)];
    expect([...english.keys()]).toEqual([...russian.keys()]);
    const same = [...russian].filter(([key, text]) => typeof text === 'string' && english.get(key) === text);
    // Symbols of metrics and of calibration methods are the same everywhere.
    const words = same.map(([key]) => key).filter((key) => !/^(metrics|model\.methods)\./.test(key));
    expect(words).toEqual(['brand.name', 'footer.api']);
  });

  it('leave no Russian letter in English and no English word in Russian', () => {
    for (const [key, text] of flatten(en)) expect([key, /[а-яё]/i.test(String(text))]).toEqual([key, false]);
    const allowed =
      /Assay|JSON|API|Parquet|SVG|XLSX|PDF|LBMA|Apache|MAE|RMSE|RMSSE|MASE|MAPE|WIS|CRPS|PIT|ACI|PID|n|f|count|other|few|one/;
    for (const [key, text] of flatten(ru)) {
      if (typeof text !== 'string') continue;
      const words = text.match(/[a-z]{3,}/gi) ?? [];
      expect([key, words.filter((word) => !allowed.test(word))]).toEqual([key, []]);
    }
  });

  it('say nothing empty', () => {
    for (const [key, text] of [...flatten(ru), ...flatten(en)]) expect([key, text]).not.toEqual([key, '']);
  });
});

function flatten(value: object, prefix = ''): Map<string, unknown> {
  return new Map(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
      typeof inner === 'object' ? [...flatten(inner, `${prefix}${key}.`)] : [[`${prefix}${key}`, inner]],
    ),
  );
}
