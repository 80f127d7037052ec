import type { ModelParameters } from '../domain/forecaster.ts';
import { refuse, requireChoice } from './define-model.ts';

/** The scale a model works on: prices multiply, so `log` is natural for them; `level` serves series with zeros. */
export type WorkingScale = 'log' | 'level';

/** Checks the parameter `scale`: `auto` (log when every observation is positive, else level), `log` or `level`. */
export function validateScale(model: string, parameters: ModelParameters): void {
  requireChoice(model, parameters, 'scale', ['auto', 'log', 'level']);
}

/** The scale for a fit. `log` with a value <= 0 is refused with INPUT_INVALID. */
export function chooseScale(model: string, y: Float64Array, parameters: ModelParameters): WorkingScale {
  const asked = requireChoice(model, parameters, 'scale', ['auto', 'log', 'level']);
  if (asked === 'level') return 'level';
  const bad = y.findIndex((value) => value <= 0);
  if (bad < 0) return 'log';
  return asked === 'auto' ? 'level' : refusePositive(model, bad, y[bad]!);
}

/** `y` on the working scale, as a new array; INPUT_INVALID when the scale is `log` and a value is not positive. */
export function toWorkingScale(model: string, y: Float64Array, scale: WorkingScale): Float64Array {
  if (scale === 'level') return y.slice();
  const logs = new Float64Array(y.length);
  for (let i = 0; i < y.length; i++) {
    if (y[i]! <= 0) refusePositive(model, i, y[i]!);
    logs[i] = Math.log(y[i]!);
  }
  return logs;
}

/**
 * One-step changes on the working scale, `changes[t - 1] = y[t] - y[t - 1]`, or the log of their ratio. The ratio is
 * taken first: a series multiplied by a power of two then gives bit-equal returns.
 */
export function workingChanges(model: string, y: Float64Array, scale: WorkingScale): Float64Array {
  const changes = new Float64Array(Math.max(0, y.length - 1));
  if (scale === 'log') for (let i = 0; i < y.length; i++) if (y[i]! <= 0) refusePositive(model, i, y[i]!);
  for (let t = 1; t < y.length; t++) {
    changes[t - 1] = scale === 'log' ? Math.log(y[t]! / y[t - 1]!) : y[t]! - y[t - 1]!;
  }
  return changes;
}

function refusePositive(model: string, index: number, value: number): never {
  refuse(model, `observation ${index} is ${value}, which has no logarithm`, { index, value }, 'Set scale to level.');
}
