import { isIsoDate } from '../domain/iso-date.ts';

/** How the column `ds` counts time: whole numbers, days, instants (`T` or a blank before the time), or names. */
export type StampKind = 'integer' | 'date' | 'time-t' | 'time-blank' | 'label';

const SECONDS_PER_DAY = 86_400;
const timePattern = /^(\d{4}-\d{2}-\d{2})([T ])(\d{2}):(\d{2})(?::(\d{2})(?:\.0+)?)?Z?$/;

/** What kind of stamp the text is: anything that is no whole number, date or time is a label. */
export function stampKind(text: string): StampKind {
  if (/^-?\d{1,15}$/.test(text)) return 'integer';
  if (isIsoDate(text)) return 'date';
  const parts = timePattern.exec(text);
  if (parts === null || Number.isNaN(secondsOf(parts))) return 'label';
  return parts[2] === 'T' ? 'time-t' : 'time-blank';
}

/** The stamp as a number that orders it (see `PanelSeries.stamps`); NaN when the text is not of the kind. */
export function readStamp(text: string, kind: Exclude<StampKind, 'label'>): number {
  if (kind === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (kind === 'date') return isIsoDate(text) ? Date.parse(`${text}T00:00:00Z`) / 1000 : Number.NaN;
  const parts = timePattern.exec(text);
  return parts === null || (parts[2] === 'T') !== (kind === 'time-t') ? Number.NaN : secondsOf(parts);
}

/**
 * The next `horizon` stamps, as text of the same kind, in the series' own spacing: its commonest step. Days of months
 * (the same day, or month ends) go on by months, and series that skip every weekend skip those to come. Labels, which
 * have no order, are continued by the number of the observation.
 */
export function continueStamps(stamps: Float64Array, kind: StampKind, horizon: number): string[] {
  const last = stamps[stamps.length - 1] ?? 0;
  const steps = Array.from({ length: horizon }, (_, index) => index + 1);
  if (kind === 'integer' || kind === 'label') {
    const step = commonestStep(stamps);
    return steps.map((count) => String(last + count * step));
  }
  const clock = ((last % SECONDS_PER_DAY) + SECONDS_PER_DAY) % SECONDS_PER_DAY;
  const isDaily = stamps.every((stamp) => (stamp - clock) % SECONDS_PER_DAY === 0);
  if (!isDaily) {
    const step = commonestStep(stamps);
    return steps.map((count) => writeStamp(last + count * step, kind));
  }
  const days = continueDays(
    stamps.map((stamp) => (stamp - clock) / SECONDS_PER_DAY),
    horizon,
  );
  return days.map((day) => writeStamp(day * SECONDS_PER_DAY + clock, kind));
}

function secondsOf(parts: RegExpExecArray): number {
  const [, day = '', , hours, minutes, seconds = '0'] = parts;
  if (!isIsoDate(day) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return Number.NaN;
  return Date.parse(`${day}T00:00:00Z`) / 1000 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** The commonest difference, the smaller of equals; 1 (or a day) where there is only one stamp. */
function commonestStep(stamps: Float64Array): number {
  const counts = new Map<number, number>();
  for (let t = 1; t < stamps.length; t += 1) {
    const step = (stamps[t] ?? 0) - (stamps[t - 1] ?? 0);
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([a, many], [b, others]) => others - many || a - b);
  return ranked[0]?.[0] ?? 1;
}

function continueDays(days: Float64Array, horizon: number): number[] {
  const last = days[days.length - 1] ?? 0;
  const steps = Array.from({ length: horizon }, (_, index) => index + 1);
  const months = monthSteps(days);
  if (months !== null) {
    const { year, month } = civil(last);
    return steps.map((count) => dayOfMonth(year * 12 + month + count * months.step, months.day));
  }
  const step = commonestStep(days);
  const isWorkweek = step === 1 && days.length > 7 && days.every((day) => weekdayOf(day) <= 5);
  if (!isWorkweek) return steps.map((count) => last + count * step);
  const next: number[] = [];
  for (let day = last + 1; next.length < horizon; day += 1) if (weekdayOf(day) <= 5) next.push(day);
  return next;
}

/** The commonest step in months and the day they fall on (31: month ends), or null when the days keep no such rule. */
function monthSteps(days: Float64Array): { step: number; day: number } | null {
  if (days.length < 2) return null;
  const dates = Array.from(days, civil);
  const areEnds = dates.every(({ year, month, day }) => day === lastDay(year * 12 + month));
  const largest = Math.max(...dates.map(({ day }) => day));
  const areSame = dates.every(({ year, month, day }) => day === Math.min(largest, lastDay(year * 12 + month)));
  if (!areEnds && !areSame) return null;
  const step = commonestStep(Float64Array.from(dates, ({ year, month }) => year * 12 + month));
  return step < 1 ? null : { step, day: areEnds ? 31 : largest };
}

function civil(day: number): { year: number; month: number; day: number } {
  const date = new Date(day * SECONDS_PER_DAY * 1000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
}

function lastDay(months: number): number {
  return new Date(Date.UTC(Math.floor(months / 12), (months % 12) + 1, 0)).getUTCDate();
}

function dayOfMonth(months: number, day: number): number {
  const within = Math.min(day, lastDay(months));
  return Date.UTC(Math.floor(months / 12), months % 12, within) / (SECONDS_PER_DAY * 1000);
}

/** 1 Monday .. 7 Sunday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

function writeStamp(seconds: number, kind: StampKind): string {
  const text = new Date(seconds * 1000).toISOString();
  if (kind === 'date') return text.slice(0, 10);
  return kind === 'time-t' ? text.slice(0, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}
