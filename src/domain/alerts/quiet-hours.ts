import { addDays } from '../iso-date.ts';
import { type Instant, moscowClock, moscowDate, moscowInstant } from '../moscow-time.ts';
import type { QuietHours } from './alert-rule.ts';

/**
 * The first instant, from `at` on, outside the quiet hours of Moscow's clock: `at` itself, or the end of the quiet
 * hours it falls into. Equal ends mean no quiet hours.
 */
export function afterQuiet(at: Instant, quiet: QuietHours | null): Instant {
  if (quiet === null || quiet.from === quiet.to) return at;
  const { from, to } = quiet;
  const clock = moscowClock(at);
  const today = moscowDate(at);
  if (from < to) return clock >= from && clock < to ? moscowInstant(today, to) : at;
  if (clock >= from) return moscowInstant(addDays(today, 1), to);
  return clock < to ? moscowInstant(today, to) : at;
}
