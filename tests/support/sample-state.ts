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
