import { PlatformError } from '../domain/errors.ts';

/** The error of an engine that did not start or stopped: DISK_FULL when its log says so, else ENGINE_FAILED. */
export function engineFailed(
  engine: string,
  what: string,
  log: string,
  details: { cause?: unknown; logFile?: string; hint?: string } = {},
): PlatformError {
  const isDiskFull = /No space left on device|Check free disk space|NOT_ENOUGH_SPACE|Disk quota exceeded/i.test(log);
  const context = { engine, log, ...(details.logFile === undefined ? {} : { logFile: details.logFile }) };
  const cause = details.cause === undefined ? {} : { cause: details.cause };
  if (isDiskFull) {
    return new PlatformError('DISK_FULL', `${engine} has no space left on its disk: ${what}.`, {
      ...cause,
      context,
      hint: 'Free some space, or move the data with ASSAY_DATA; nothing acknowledged is lost. Then start again.',
    });
  }
  const said = log === '' ? '' : ` Its last lines:\n${log}`;
  return new PlatformError('ENGINE_FAILED', `${engine} failed: ${what}.${said}`, {
    ...cause,
    context,
    hint: details.hint ?? 'Mend what the lines above name, then start again; assay doctor checks each part.',
  });
}
