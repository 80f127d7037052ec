import type { StepDefinition } from '../ports/journal.ts';

/** Every step there is, with its tries and its time: what runs it and what describes it read the same. */
export const steps = {
  // Asking the Bank: the source itself retries connections; a rejected answer is worth asking again.
  extract: step('extract', { attempts: 4, timeoutMs: 180_000 }),
  load: step('load'),
  // A driver is asked fewer times than the Bank: the run waits for it, and goes on without it.
  extractDriver: step('extract {driver}', { attempts: 2, timeoutMs: 180_000 }),
  loadDriver: step('load {driver}'),
  transform: step('transform'),
  publish: step('publish'),
  publishForecasts: step('publish forecasts'),
  chooseMetals: step('choose metals'),
  watchChampions: step('watch champions'),
  train: step('train {metal}', { attempts: 2, timeoutMs: 1_800_000 }),
  join: step('join {metal}', { attempts: 2, timeoutMs: 1_800_000 }),
  draw: step('draw {metal}'),
  promote: step('promote {metal}'),
  rollback: step('rollback {metal}'),
  forecast: step('forecast {metal}'),
  nowcast: step('nowcast {metal}'),
  score: step('score'),
  findAlerts: step('find alerts'),
  deliverAlerts: step('deliver alerts'),
} as const;

function step(name: string, rules: Partial<Omit<StepDefinition, 'name'>> = {}): StepDefinition {
  return Object.freeze({ name, attempts: 3, timeoutMs: 120_000, ...rules });
}
