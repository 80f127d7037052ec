import type { StepContext } from '../../src/ports/journal.ts';

export interface RecordedStep extends StepContext {
  readonly notes: string[];
  readonly counts: (readonly [rowsIn: number, rowsOut: number])[];
}

/** A step outside any runner, which remembers what it was told. */
export function recordedStep(signal: AbortSignal = new AbortController().signal): RecordedStep {
  const notes: string[] = [];
  const counts: (readonly [number, number])[] = [];
  return {
    runId: 'test',
    signal,
    notes,
    counts,
    note: (message) => notes.push(message),
    rows: (rowsIn, rowsOut) => counts.push([rowsIn, rowsOut]),
  };
}
