import type { Journal } from '../ports/journal.ts';

/** The same journal, telling a person what it is told: a line per step and per note. */
export function observeJournal(journal: Journal, tell: (line: string) => void): Journal {
  const started = new Map<string, number>();
  return {
    ...journal,
    async startStep(runId, step, position) {
      started.set(`${runId} ${step}`, performance.now());
      return journal.startStep(runId, step, position);
    },
    async finishStep(runId, step, attempt, result) {
      const seconds = (performance.now() - (started.get(`${runId} ${step}`) ?? performance.now())) / 1000;
      const rows = result.rowsOut === undefined ? '' : `, ${result.rowsIn} rows in, ${result.rowsOut} written`;
      tell(
        result.status === 'succeeded'
          ? `${step}: done in ${seconds.toFixed(2)} s${rows}`
          : `${step}: failed (attempt ${attempt}): ${result.error?.split('\n')[0]}`,
      );
      await journal.finishStep(runId, step, attempt, result);
    },
    async log(line) {
      tell(line.step === null ? line.message : `${line.step}: ${line.message}`);
      await journal.log(line);
    },
  };
}
