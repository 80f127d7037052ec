import type { TournamentView } from '../../src/api/contract.ts';
import type { Speech } from '../i18n/dictionary.ts';

type Reason = TournamentView['decision']['reasons'][number];

/** Why the gate let a model pass or not, in the reader's language; as it was written where only words were kept. */
export function gateReason(speech: Speech, reason: Reason): string {
  const { code, faults, figures } = reason;
  if (code === undefined || figures === undefined || code === 'failed') return withoutVerdict(reason);
  // Naive has no test against itself: it is what the others are measured by.
  if (code === 'passed') return figures['pAgainstNaive'] === null ? speech.t.gate.baseline : speech.t.gate.passed;
  if (code === 'champion') return speech.t.gate.champion;
  const words = (faults ?? [code]).map((fault) => faultText(speech, fault, figures));
  return words.every((text) => text !== null) ? words.join('; ') : withoutVerdict(reason);
}

function faultText({ t, f }: Speech, fault: string, figures: NonNullable<Reason['figures']>): string | null {
  const number = (name: string, digits: number): string => {
    const value = figures[name] ?? null;
    return value === null ? '–' : f.number(value, digits);
  };
  const share = (name: string): string => f.percent(100 * (figures[name] ?? 0), 1);
  const [score, level] = [number('relativeScore', 3), number('level', 4)];
  switch (fault) {
    case 'not-better-than-naive':
      return t.gate.naive(score, number('pAgainstNaive', 4), level);
    case 'not-better-than-champion':
      return t.gate.standing(score, number('championScore', 3), number('pAgainstChampion', 4), level);
    case 'coverage80-off':
      return t.gate.coverage(80, share('coverage80'), share('band80'));
    case 'coverage95-off':
      return t.gate.coverage(95, share('coverage95'), share('band95'));
    case 'not-reproduced':
      return t.gate.notReproduced;
    case 'champion-not-compared':
      return t.gate.notCompared;
    default:
      return null;
  }
}

/** `theta did not pass: …`: the name and the verdict already stand beside it. */
function withoutVerdict({ model, reason }: Reason): string {
  const end = reason.indexOf(': ');
  return reason.startsWith(`${model} `) && end > 0 ? reason.slice(end + 2) : reason;
}
