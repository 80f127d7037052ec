import { describe, expect, it } from 'vitest';
import { isoDate } from '../../../src/domain/iso-date.ts';
import type { Instant } from '../../../src/domain/moscow-time.ts';
import { publicationRules, publishedAt } from '../../../src/domain/publication.ts';
import { parsePublished, publicThrough } from '../../../src/replica/published.ts';

const at = (text: string) => text as Instant;

describe('publicThrough', () => {
  it.each([
    ['metals', '2025-06-27T13:29:59.999Z', '2025-06-27'],
    ['metals', '2025-06-27T13:30:00.000Z', '2025-06-28'],
    ['usd', '2025-06-27T12:59:59.999Z', '2025-06-27'],
    ['usd', '2025-06-27T13:00:00.000Z', '2025-06-28'],
    // London is an hour ahead of UTC in summer and level with it in winter.
    ['londonPm', '2025-06-27T14:09:00.000Z', '2025-06-26'],
    ['londonPm', '2025-06-27T14:10:00.000Z', '2025-06-27'],
    ['londonPm', '2025-01-15T15:09:00.000Z', '2025-01-14'],
    ['londonPm', '2025-01-15T15:10:00.000Z', '2025-01-15'],
    ['londonAm', '2025-06-27T09:40:00.000Z', '2025-06-27'],
    ['moscowExchange', '2025-06-27T20:49:00.000Z', '2025-06-26'],
    ['moscowExchange', '2025-06-27T20:50:00.000Z', '2025-06-27'],
    // Moscow was four hours ahead of UTC from 2011 to 2014.
    ['metals', '2013-06-27T12:30:00.000Z', '2013-06-28'],
  ] as const)('%s at %s: through %s', (rule, instant, expected) => {
    expect(publicThrough(publicationRules[rule], at(instant))).toBe(expected);
  });

  it('agrees with publishedAt to the millisecond', () => {
    for (const rule of Object.values(publicationRules)) {
      for (const text of ['2013-10-27', '2014-10-26', '2025-03-30', '2025-06-28', '2025-10-26', '2025-01-01']) {
        const date = isoDate(text);
        const instant = publishedAt(rule, date);
        const before = new Date(Date.parse(instant) - 1).toISOString();
        expect(publicThrough(rule, instant)).toBe(date);
        expect(publicThrough(rule, at(before)) < date).toBe(true);
      }
    }
  });
});

describe('parsePublished', () => {
  it('reads a date as the end of that Moscow day', () => {
    expect(parsePublished('2025-06-27')).toBe('2025-06-27T20:59:59.999Z');
    expect(parsePublished('2013-06-27')).toBe('2013-06-27T19:59:59.999Z');
  });

  it('reads a Moscow time and an instant', () => {
    expect(parsePublished('2025-06-27 16:45')).toBe('2025-06-27T13:45:00.000Z');
    expect(parsePublished('2025-06-27T13:45:00Z')).toBe('2025-06-27T13:45:00.000Z');
    expect(parsePublished('2025-06-27T16:45:00+03:00')).toBe('2025-06-27T13:45:00.000Z');
  });

  it.each(['today', '2025-02-30', '2025-06-27 25:00', '2025-06-27 16:45 MSK', '27.06.2025', ''])(
    'refuses %j',
    (text) => {
      expect(() => parsePublished(text)).toThrow(`"${text}"`);
    },
  );
});
