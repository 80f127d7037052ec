import { exitCodeOf, PlatformError } from '../domain/errors.ts';

/** Where a command writes: data on `out`, everything for people's eyes on `err`. */
export interface Terminal {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Colours only for a person at a terminal who did not refuse them (https://no-color.org). */
  readonly colour: boolean;
  readonly width: number;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const refused = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return { out: stdout, err: stderr, colour: stderr.isTTY === true && !refused, width: stdout.columns ?? 100 };
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printLine(terminal: Terminal, line = ''): void {
  terminal.out.write(`${line}\n`);
}

/** Progress and remarks: never mixed with data. */
export function say(terminal: Terminal, line: string): void {
  terminal.err.write(`${line}\n`);
}

export type Cell = string | number | null;

/** A table that lines up: numbers to the right, texts to the left, missing as a dash, long last texts cut to the width. */
export function printTable(terminal: Terminal, headings: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell))));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...texts.map((row) => (row[column] ?? '').length)),
  );
  const isNumber = headings.map((_, column) => rows.every((row) => typeof row[column] !== 'string'));
  const line = (cells: readonly string[]) =>
    cells
      .map((text, column) => (isNumber[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
      .slice(0, Math.max(40, terminal.width));
  printLine(terminal, paint(terminal, 'bold', line(headings)));
  for (const row of texts) printLine(terminal, line(row));
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export function paint(terminal: Terminal, style: keyof typeof codes, text: string): string {
  return terminal.colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
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
    say(terminal, `${paint(terminal, 'red', 'assay: this is a bug of Assay')}: ${text}`);
    return exitCode;
  }
  say(terminal, `${paint(terminal, 'red', 'assay')}: ${error.message}`);
  if (error.hint !== undefined) say(terminal, `  ${error.hint}`);
  return exitCode;
}

function describeFailure(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof PlatformError))
    return { code: 'BUG', message: error instanceof Error ? error.message : String(error) };
  const { code, message, hint, context } = error;
  return { code, message, hint: hint ?? null, context };
}
