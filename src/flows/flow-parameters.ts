import { PlatformError } from '../domain/errors.ts';
import { type DateRange, dateRange, isoDate } from '../domain/iso-date.ts';
import { isMetal, type Metal, metals } from '../domain/metal.ts';
import type { FlowParameters } from './flow.ts';

/**
 * The tournament of the main job: one model of each simple family, so that a first start has its forecast in seconds.
 * The whole catalogue is compared by `train`, and once a week.
 */
const quickModels = ['naive', 'drift', 'moving-average', 'theta', 'ets', 'arima', 'linear', 'random-forest'];

const longestHorizon = 14;

/** The range of days named, or null for all; an open end is the end of what can be. */
export function rangeOf(parameters: FlowParameters): DateRange | null {
  const { from, to } = parameters as { from?: string; to?: string };
  if (from === undefined && to === undefined) return null;
  return dateRange(isoDate(from ?? '1998-01-01'), isoDate(to ?? '2099-12-31'));
}

/** The metals named by `metals` or `metal`, gold by default. Throws INPUT_INVALID for another name. */
export function metalsOf(parameters: FlowParameters): readonly Metal[] {
  const text = textOf(parameters, 'metals', textOf(parameters, 'metal', 'gold'));
  const named = text.split(',').map((name) => name.trim());
  const unknown = named.find((name) => !isMetal(name));
  if (unknown !== undefined) {
    throw new PlatformError('INPUT_INVALID', `"${unknown}" is not a metal the Bank prices.`, {
      context: { metal: unknown },
      hint: `Metals: ${metals.join(', ')}.`,
    });
  }
  return named as Metal[];
}

/** Which models compete; the champion and naive always do. */
export function modelsOf(parameters: FlowParameters): { models?: readonly string[] } {
  const text = textOf(parameters, 'models', 'all');
  if (text === 'all') return {};
  return { models: text === 'quick' ? quickModels : text.split(',').map((name) => name.trim()) };
}

/** How many quotes ahead to forecast; throws INPUT_INVALID for what is not 1 to 14. */
export function horizonOf(parameters: FlowParameters): number {
  const horizon = wholeNumber(parameters['horizon'] ?? longestHorizon, 'horizon');
  if (horizon <= longestHorizon) return horizon;
  throw new PlatformError('INPUT_INVALID', `horizon is ${horizon}; forecasts reach ${longestHorizon} quotes ahead.`, {
    context: { horizon },
  });
}

/** The reason given, if any. */
export function reasonOf(parameters: FlowParameters): { reason?: string } {
  const reason = parameters['reason'];
  return typeof reason === 'string' ? { reason } : {};
}

/** A text, or another where none was given. */
export function textOf(parameters: FlowParameters, name: string, otherwise: string): string {
  const value = parameters[name];
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** A whole number from 1; throws INPUT_INVALID for anything else. */
export function wholeNumber(value: unknown, name: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new PlatformError('INPUT_INVALID', `${name} is "${String(value)}"; it must be a whole number from 1.`, {
    context: { [name]: value },
  });
}
