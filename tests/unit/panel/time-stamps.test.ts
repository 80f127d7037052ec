import { expect, test } from 'vitest';
import { continueStamps, readStamp, type StampKind, stampKind } from '../../../src/panel/time-stamps.ts';

test.each<[string, string[], string[]]>([
  ['whole numbers', ['7', '8', '9'], ['10', '11']],
  ['whole numbers by the commonest step', ['0', '5', '10', '30', '35'], ['40', '45']],
  ['days', ['2024-02-26', '2024-02-27', '2024-02-28'], ['2024-02-29', '2024-03-01']],
  ['weeks', ['2023-12-18', '2023-12-25'], ['2024-01-01', '2024-01-08']],
  ['month starts', ['2023-10-01', '2023-11-01', '2023-12-01'], ['2024-01-01', '2024-02-01']],
  ['month ends', ['2023-10-31', '2023-11-30', '2023-12-31'], ['2024-01-31', '2024-02-29']],
  ['a late day of the month', ['2023-11-30', '2023-12-30', '2024-01-30'], ['2024-02-29', '2024-03-30']],
  ['quarters', ['2023-03-31', '2023-06-30', '2023-09-30'], ['2023-12-31', '2024-03-31']],
  ['years', ['2021-01-01', '2022-01-01'], ['2023-01-01', '2024-01-01']],
  [
    'working days',
    [
      '2024-01-01',
      '2024-01-02',
      '2024-01-03',
      '2024-01-04',
      '2024-01-05',
      '2024-01-08',
      '2024-01-09',
      '2024-01-10',
      '2024-01-11',
      '2024-01-12',
    ],
    ['2024-01-15', '2024-01-16'],
  ],
  ['hours', ['2024-01-01T22:00:00', '2024-01-01T23:00:00'], ['2024-01-02T00:00:00', '2024-01-02T01:00:00']],
  [
    'quarters of an hour',
    ['2024-01-01 23:30:00', '2024-01-01 23:45:00'],
    ['2024-01-02 00:00:00', '2024-01-02 00:15:00'],
  ],
  [
    'months written with a time',
    ['2023-11-30 00:00:00', '2023-12-31 00:00:00'],
    ['2024-01-31 00:00:00', '2024-02-29 00:00:00'],
  ],
])('%s go on', (_, before, after) => {
  const kind = stampKind(before[0]!) as Exclude<StampKind, 'label'>;
  const stamps = Float64Array.from(before, (text) => readStamp(text, kind));
  expect(continueStamps(stamps, kind, after.length)).toEqual(after);
});

test('names are continued by number', () => {
  expect(stampKind('week 7')).toBe('label');
  expect(stampKind('2023-02-29')).toBe('label');
  expect(stampKind('2023-01-01T25:00:00')).toBe('label');
  expect(continueStamps(Float64Array.of(1, 2, 3), 'label', 2)).toEqual(['4', '5']);
});
