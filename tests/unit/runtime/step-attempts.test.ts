import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/domain/errors.ts';
import type { Journal, StepDefinition } from '../../../src/ports/journal.ts';
import { runAttempts } from '../../../src/runtime/step-attempts.ts';
import { openEnvelope } from '../../../src/runtime/step-envelope.ts';

function memoryJournal() {
  const steps: Record<string, unknown>[] = [];
  const lines: string[] = [];
  const journal: Journal = {
    startRun: async () => undefined,
    finishRun: async () => undefined,
    startStep: async (_runId, step) => {
      steps.push({ step, status: 'running' });
      return { attempt: steps.length };
    },
    finishStep: async (_runId, _step, attempt, result) => {
      Object.assign(steps[attempt - 1] ?? {}, result);
    },
    log: async (line) => {
      lines.push(line.message);
    },
  };
  return { journal, steps, lines };
}

const rules = (given: Partial<StepDefinition> = {}) => ({ attempts: 3, timeoutMs: 120_000, ...given });
const base = { runId: 'r', name: 'extract', position: 0 };

describe('a step', () => {
  it('returns its value and records rows and notes', async () => {
    const { journal, steps, lines } = memoryJournal();
    const envelope = await runAttempts({
      ...base,
      journal,
      rules: rules(),
      work: async (context) => {
        context.rows(7, 3);
        context.note('seven came');
        return { done: true };
      },
    });
    expect(openEnvelope(envelope)).toEqual({ done: true });
    expect(steps).toEqual([{ step: 'extract', status: 'succeeded', rowsIn: 7, rowsOut: 3 }]);
    expect(lines).toEqual(['seven came']);
  });

  it('is tried again after a passing failure, and every try is recorded', async () => {
    const { journal, steps } = memoryJournal();
    let calls = 0;
    const envelope = await runAttempts({
      ...base,
      journal,
      rules: rules({ attempts: 3 }),
      work: async () => {
        calls += 1;
        if (calls === 1) throw new PlatformError('STORE_UNAVAILABLE', 'not reached');
        return calls;
      },
    });
    expect(openEnvelope(envelope)).toBe(2);
    expect(steps.map((step) => step['status'])).toEqual(['failed', 'succeeded']);
  });

  it('is not tried again after a failure that would repeat itself', async () => {
    const { journal, steps } = memoryJournal();
    const envelope = await runAttempts({
      ...base,
      journal,
      rules: rules({ attempts: 5 }),
      work: async () => {
        throw new PlatformError('CHECK_FAILED', 'rows do not balance', { hint: 'look', context: { rows: 3 } });
      },
    });
    expect(steps).toHaveLength(1);
    expect(() => openEnvelope(envelope)).toThrowError(
      expect.objectContaining({ code: 'CHECK_FAILED', hint: 'look', context: { rows: 3 } }),
    );
  });

  it('is stopped at its time limit, and its signal tells it so', async () => {
    const { journal } = memoryJournal();
    let aborted = false;
    const envelope = await runAttempts({
      ...base,
      journal,
      rules: rules({ attempts: 1, timeoutMs: 20 }),
      work: (context) =>
        new Promise(() => {
          context.signal.addEventListener('abort', () => {
            aborted = true;
          });
        }),
    });
    expect(() => openEnvelope(envelope)).toThrowError(expect.objectContaining({ code: 'TIMEOUT' }));
    expect(aborted).toBe(true);
  });

  it('outlives a journal that loses its lines, and fails like its work when it cannot even begin', async () => {
    const { journal } = memoryJournal();
    const lost = new PlatformError('STORE_UNAVAILABLE', 'gone');
    const deaf: Journal = { ...journal, log: () => Promise.reject(lost) };
    const envelope = await runAttempts({
      ...base,
      journal: deaf,
      rules: rules(),
      work: async (context) => {
        context.note('nobody hears this');
        await new Promise((resolve) => setImmediate(resolve));
        return 'done';
      },
    });
    expect(openEnvelope(envelope)).toBe('done');
    const closed: Journal = { ...journal, startStep: () => Promise.reject(lost) };
    const failed = await runAttempts({
      ...base,
      journal: closed,
      rules: rules({ attempts: 1 }),
      work: async () => 'done',
    });
    expect(failed).toMatchObject({ ok: false, error: { code: 'STORE_UNAVAILABLE' } });
  });
});
