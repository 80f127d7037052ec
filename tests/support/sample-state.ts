import type { AssayApi } from '../../src/api/contract.ts';
import { PlatformError } from '../../src/domain/errors.ts';

/**
 * `empty`: nothing loaded, the first run in progress. `stale`: the newest price is 513 days old.
 * `weak`: the champion is no better than today's price; `naive`: it is today's price. `down`: the warehouse does not answer.
 */
export const sampleStates = [
  'normal',
  'empty',
  'stale',
  'simulated',
  'no-champion',
  'weak',
  'naive',
  'failed-run',
  'held',
  'down',
] as const;
export type SampleState = (typeof sampleStates)[number];

/** The same API once the store is away: everything but the stream of events fails. */
export function downApi(api: AssayApi): AssayApi {
  const fail = async (): Promise<never> => {
    throw new PlatformError('STORE_UNAVAILABLE', 'PostgreSQL does not answer.', {
      hint: 'It is being restarted; the page will work again by itself.',
    });
  };
  const broken = <Part extends object>(part: Part, kept: string): Part => {
    const names = Object.keys(part).filter((name) => name !== kept);
    return { ...part, ...Object.fromEntries(names.map((name) => [name, fail])) };
  };
  return { ...broken(api, 'events'), alerts: broken(api.alerts, '') };
}
