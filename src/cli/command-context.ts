import type { LoadedSettings } from '../config/settings.ts';
import { PlatformError } from '../domain/errors.ts';
import type { Terminal } from './output.ts';

/** What every command is given: where to write, the settings, and whether to speak JSON. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** Whether rows are asked for as they come, one JSON document in each line. */
  readonly ndjson: boolean;
  /** Reads the settings on demand: `--help` must work beside a broken configuration. */
  settings(): LoadedSettings;
}

/** A usage failure found by a command itself. */
export function usage(message: string, hint: string): PlatformError {
  return new PlatformError('USAGE', message, { hint });
}
