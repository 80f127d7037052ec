import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Settings } from '../config/settings.ts';

/**
 * Names the executor of one data folder on one machine: whoever holds that folder next, `up` or a one-shot
 * command, resumes the runs that the former holder left unfinished.
 */
export function executorId(settings: Pick<Settings, 'data'>): string {
  return createHash('sha256').update(`${hostname()}:${settings.data}`).digest('hex').slice(0, 16);
}

/**
 * Names the executor of one slot, on whatever machine: a retry of a command that was killed resumes its run where the
 * command stopped.
 */
export function slotExecutorId(slot: string): string {
  return createHash('sha256').update(`slot:${slot}`).digest('hex').slice(0, 16);
}
