import { usage } from './command-context.ts';
import type { RunOrigin } from './session.ts';

/** Which run is asked for and by whom; throws USAGE for an id that could not stand in an address or a tag. */
export function originOf(options: Readonly<Record<string, unknown>>): RunOrigin {
  const { runId: slot, trigger } = options as { runId?: string; trigger?: string };
  if (slot === undefined || /^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/.test(slot)) return { slot, trigger };
  throw usage(`"${slot}" cannot be the id of a run.`, 'Use letters, digits and . _ : -, at most 200 of them.');
}
