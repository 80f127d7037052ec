import type { MetalName, QuoteQuery } from '../../src/api/contract.ts';
import { type Comparable, comparable, type HistoryData } from '../charts/history-chart.ts';
import { pointsOf } from '../charts/price-charts.ts';
import { leadOf, type Transform, transforms, volatilityWindows } from '../charts/transforms.ts';
import { dateParameter, oneOf, type Parameters, pageParameter, type Visit } from '../visit.ts';

export const historyParameters: Parameters = {
  from: dateParameter,
  to: dateParameter,
  page: pageParameter,
  scale: oneOf(['linear', 'log']),
  view: oneOf(transforms),
  window: oneOf(volatilityWindows),
  compare: {
    allowed: `${comparable.join('.')}`,
    accepts: (text) => {
      const names = text.split('.');
      return new Set(names).size === names.length && names.every((name) => comparable.some((one) => one === name));
    },
  },
};

export function rangeOf({ metal, values }: Visit): QuoteQuery {
  const { from, to } = values as { from?: string; to?: string };
  return { metal, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** What the metal is compared with: never with itself. */
export function comparedOf({ metal, values }: Visit): Comparable[] {
  const asked = (values['compare'] ?? '').split('.');
  return comparable.filter((name) => name !== metal && asked.includes(name));
}

/** Prices of things that differ in unit are compared by what they have in common. */
export function transformOf(visit: Visit): Transform {
  const asked = transforms.find((one) => one === visit.values['view']) ?? 'level';
  if (comparedOf(visit).length === 0) return asked;
  return asked === 'level' ? 'index' : asked === 'change' ? 'percent' : asked;
}

export function windowOf({ values }: Visit): number {
  return Number(values['window'] ?? '63');
}

/** The series of the page's address; null where its range has no quotes. */
export async function readHistory(visit: Visit): Promise<HistoryData | null> {
  const { api, metal, values } = visit;
  const range = rangeOf(visit);
  const [transform, window, compared] = [transformOf(visit), windowOf(visit), comparedOf(visit)];
  const lead = range.from === undefined ? null : leadOf(range.from, { transform, window });
  const query = (of: MetalName): QuoteQuery => ({
    metal: of,
    ...(lead !== null && { from: lead }),
    ...(range.to !== undefined && { to: range.to }),
  });
  const [quotes, ...others] = await Promise.all([
    api.quotes(query(metal)),
    ...compared.map(async (name) => {
      if (name === 'usd') return [];
      return pointsOf(await api.quotes(query(name)), (quote) => quote.buyRubPerGram);
    }),
  ]);
  const shown = quotes.filter((quote) => range.from === undefined || quote.date >= range.from);
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return null;
  return {
    metal,
    quotes,
    others: compared.map((name, index) => ({
      name,
      points: name === 'usd' ? pointsOf(quotes, (quote) => quote.usdRub) : (others[index] ?? []),
    })),
    from: first.date,
    to: last.date,
    transform,
    window,
    isLog: values['scale'] === 'log',
  };
}
