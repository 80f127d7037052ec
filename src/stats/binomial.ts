import { incompleteBeta } from './student-t.ts';

/**
 * Two-sided exact binomial test (Clopper & Pearson 1934 tails, doubled and held at 1): p-value of `successes` of
 * `trials` under the given `probability` in (0, 1). NaN without trials.
 */
export function binomialTest(successes: number, trials: number, probability = 0.5): number {
  if (trials < 1) return Number.NaN;
  const atMost = 1 - atLeast(successes + 1, trials, probability);
  return Math.min(1, 2 * Math.min(atMost, atLeast(successes, trials, probability)));
}

/** P(X >= successes), through the incomplete beta function. */
function atLeast(successes: number, trials: number, probability: number): number {
  if (successes <= 0) return 1;
  if (successes > trials) return 0;
  return incompleteBeta(probability, successes, trials - successes + 1);
}
