/** Days as numbers since 1970-01-01: the horizontal axis of every chart, free of zones and clocks. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

export function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** The same day of the month so many months away, or the last day of that month when it has no such day. */
export function addMonths(date: string, months: number): string {
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months;
  const start = Date.UTC(Math.floor(month / 12), month % 12, 1) / 86_400_000;
  const length = Date.UTC(Math.floor(month / 12), (month % 12) + 1, 1) / 86_400_000 - start;
  return dateOf(start + Math.min(Number(date.slice(8, 10)), length) - 1);
}

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = dayOf(text);
  return !Number.isNaN(day) && dateOf(day) === text;
}

export interface DayTick {
  readonly day: number;
  readonly shape: 'dayMonth' | 'month' | 'year';
}

/** At most `count` ticks on the starts of days, weeks, months or years. */
export function dayTicks(from: number, to: number, count: number): DayTick[] {
  const span = to - from;
  const dayStep = [1, 2, 7, 14].find((step) => span / step <= count);
  if (dayStep !== undefined && span <= 62) {
    const first = Math.ceil(from / dayStep) * dayStep;
    return range(first, to, dayStep).map((day) => ({ day, shape: 'dayMonth' }));
  }
  const monthStep = [1, 2, 3, 6, 12, 24, 60, 120, 240].find((step) => span / 30.44 / step <= count) ?? 600;
  return monthStarts(from, to, monthStep).map((day) => ({ day, shape: monthStep >= 12 ? 'year' : 'month' }));
}

function range(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, index) => first + index * step);
}

function monthStarts(from: number, to: number, step: number): number[] {
  const start = new Date(from * 86_400_000);
  const first =
    Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth() + (start.getUTCDate() > 1 ? 1 : 0)) / step) * step;
  const days: number[] = [];
  for (let month = first; ; month += step) {
    const day = Date.UTC(Math.floor(month / 12), month % 12, 1) / 86_400_000;
    if (day > to) return days;
    days.push(day);
  }
}
