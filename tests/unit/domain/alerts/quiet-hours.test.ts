import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterQuiet } from '../../../../src/domain/alerts/quiet-hours.ts';
import { instant, moscowClock } from '../../../../src/domain/moscow-time.ts';

const night = { from: '22:00', to: '08:00' };
/** Moscow is three hours ahead of UTC. */
const at = (text: string) => instant(Date.parse(`${text}Z`));

describe('quiet hours', () => {
  it('put a message off to their end on the clock of Moscow, over midnight too', () => {
    expect(afterQuiet(at('2025-06-27T18:59:59'), night)).toBe(at('2025-06-27T18:59:59'));
    expect(afterQuiet(at('2025-06-27T19:00:00'), night)).toBe(at('2025-06-28T05:00:00'));
    expect(afterQuiet(at('2025-06-28T02:00:00'), night)).toBe(at('2025-06-28T05:00:00'));
    expect(afterQuiet(at('2025-06-28T05:00:00'), night)).toBe(at('2025-06-28T05:00:00'));
    expect(afterQuiet(at('2025-06-28T10:00:00'), { from: '12:00', to: '14:00' })).toBe(at('2025-06-28T11:00:00'));
    expect(afterQuiet(at('2025-06-28T10:00:00'), { from: '12:00', to: '12:00' })).toBe(at('2025-06-28T10:00:00'));
  });

  it('are never left into quiet hours again, nor for longer than a day', () => {
    const clock = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), clock, clock, (ms, from, to) => {
        const now = instant(ms);
        const later = afterQuiet(now, { from, to });
        expect(afterQuiet(later, { from, to })).toBe(later);
        expect(later >= now).toBe(true);
        // Moscow once moved its clocks: a night may have an hour more.
        expect(Date.parse(later) - ms).toBeLessThanOrEqual(25 * 3_600_000);
        if (later !== now) expect(moscowClock(later)).toBe(to);
      }),
    );
  });
});
