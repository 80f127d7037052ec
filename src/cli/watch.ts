import { setTimeout as sleep } from 'node:timers/promises';
import { stopRequest } from '../runtime/stop-request.ts';
import { usage } from './command-context.ts';
import { printLine, say, type Terminal } from './output.ts';

const longestSeconds = 86_400;

/** Seconds between two looks, or null where `--watch` was not given. Throws USAGE for anything but 1..86400. */
export function watchSeconds(option: string | boolean | undefined, otherwise: number): number | null {
  if (option === undefined || option === false) return null;
  if (option === true) return otherwise;
  const seconds = Number(option);
  if (/^\d+$/.test(option) && seconds >= 1 && seconds <= longestSeconds) return seconds;
  throw usage(`--watch is "${option}".`, `Give seconds between two looks, 1..${longestSeconds}, or leave them out.`);
}

/**
 * Shows again and again until Ctrl-C: over itself at a terminal, one below the other into a pipe. What cannot be shown
 * once is said and tried again; what cannot be shown the first time ends the command.
 */
export async function watchUntilStopped(
  terminal: Terminal,
  seconds: number,
  isStreaming: boolean,
  show: () => Promise<void>,
): Promise<void> {
  const stop = stopRequest();
  let signal: NodeJS.Signals | null = null;
  for (let first = true; signal === null; first = false) {
    if (terminal.isInteractive && !isStreaming) terminal.out.write('\u001b[H\u001b[2J');
    else if (!first && !isStreaming) printLine(terminal);
    try {
      await show();
    } catch (error) {
      if (first) throw error;
      say(terminal, `Not this time: ${error instanceof Error ? error.message : String(error)}`);
    }
    signal = await Promise.race([stop.asked, sleep(seconds * 1000, null, { ref: true })]);
  }
  process.exitCode = signal === 'SIGINT' ? 130 : 0;
}
