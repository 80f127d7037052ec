import { exitCodeOf, PlatformError } from '../domain/errors.ts';
import { type Cell, layOut } from './table.ts';

export type { Cell };

/** Where a command writes: data on `out`, everything for people's eyes on `err`. */
export interface Terminal {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Colours only for a person at a terminal who did not refuse them (https://no-color.org); each stream by itself. */
  readonly colour: boolean;
  readonly errColour: boolean;
  /** Columns of the terminal that data is shown on; infinite where it goes to a file or a pipe, which loses nothing. */
  readonly width: number;
  /** True where a person sees the data as it is written. */
  readonly isInteractive: boolean;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const refused = (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') || env['TERM'] === 'dumb';
  const isShown = stdout.isTTY === true;
  return {
    out: stdout,
    err: stderr,
    colour: isShown && !refused,
    errColour: stderr.isTTY === true && !refused,
    width: isShown ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    isInteractive: isShown,
  };
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** One JSON document in one line: the form of rows that stream (https://github.com/ndjson/ndjson-spec). */
export function printJsonLine(terminal: Terminal, value: unknown): void {
  terminal.out.write(`${JSON.stringify(value)}\n`);
}

export function printLine(terminal: Terminal, line = ''): void {
  terminal.out.write(`${line}\n`);
}

/** Progress and remarks: never mixed with data. */
export function say(terminal: Terminal, line: string): void {
  terminal.err.write(`${line}\n`);
}

/** A table that fits the terminal; in a file or a pipe nothing of it is cut. */
export function printTable(terminal: Terminal, headings: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const [head = '', ...lines] = layOut(headings, rows, terminal.width);
  printLine(terminal, paint(terminal, 'bold', head));
  for (const line of lines) printLine(terminal, line);
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof codes;

/** Colours a text that goes to `out`. */
export function paint(terminal: Pick<Terminal, 'colour'>, style: Style, text: string): string {
  return terminal.colour ? coloured(style, text) : text;
}

/** Colours a text that goes to `err`. */
export function paintRemark(terminal: Pick<Terminal, 'errColour'>, style: Style, text: string): string {
  return terminal.errColour ? coloured(style, text) : text;
}

function coloured(style: Style, text: string): string {
  return `\u001b[${codes[style]}m${text}\u001b[0m`;
}

/**
 * Tells a person what happened, with which input, and what to do next; returns the exit code.
 * With `json` the same as one object on stderr, so that stdout stays data.
 */
export function reportFailure(terminal: Terminal, error: unknown, json: boolean): number {
  const exitCode = exitCodeOf(error);
  if (json) {
    say(terminal, JSON.stringify({ error: describeFailure(error), exitCode }));
    return exitCode;
  }
  if (!(error instanceof PlatformError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say(terminal, `${paintRemark(terminal, 'red', 'assay: this is a bug of Assay')}: ${text}`);
    return exitCode;
  }
  say(terminal, `${paintRemark(terminal, 'red', 'assay')}: ${error.message}`);
  if (error.hint !== undefined) say(terminal, `  ${error.hint}`);
  return exitCode;
}

function describeFailure(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof PlatformError))
    return { code: 'BUG', message: error instanceof Error ? error.message : String(error) };
  const { code, message, hint, context } = error;
  return { code, message, hint: hint ?? null, context };
}
