import { assert, PlatformError } from '../domain/errors.ts';
import { dieboldMariano } from '../stats/diebold-mariano.ts';
import { mean } from '../stats/moments.ts';
import { compareByHorizon, type HorizonComparison } from './horizon-comparison.ts';
import { column, type LossTable } from './losses.ts';
import { sameOrigins } from './scoring.ts';

/** The bar a challenger must clear. Shares are in (0, 1). */
export interface PromotionRules {
  /** Chance of promoting a model that is no better, over all candidates of one tournament together. */
  readonly level: number;
  /** How far the coverage of the 80% and 95% intervals may stray, either way. */
  readonly band80: number;
  readonly band95: number;
}

/** Bands: naive's own coverage over 250 origins of the gold price strayed by up to 8.6 and 4.5 points in 2012..2025. */
export const defaultRules: PromotionRules = { level: 0.05, band80: 0.08, band95: 0.04 };

/** One model as the selection block saw it. */
export interface Candidate {
  readonly model: string;
  /** Losses on the selection block, over the same origins for all; null when the model failed. */
  readonly losses: LossTable | null;
  /** Why there are no losses, or null. */
  readonly failure: string | null;
  /** Whether the model restored from its stored artefact gave its own forecast again. */
  readonly reproduces: boolean;
}

/** How one model fared. Figures are null for models without losses. */
export interface Verdict {
  readonly model: string;
  /** 1 is best; by relative score, ties in favour of what is simpler or already serving. */
  readonly rank: number | null;
  /** Mean over horizons of WIS / WIS of naive: below 1 is better than naive. */
  readonly relativeScore: number | null;
  /** One-sided p of "not better than naive" and "not better than the champion"; null where not tested. */
  readonly pAgainstNaive: number | null;
  readonly pAgainstChampion: number | null;
  readonly coverage80: number | null;
  readonly coverage95: number | null;
  readonly passed: boolean;
  /** One sentence with its numbers. */
  readonly reason: string;
  /** The same as data, so that a page can word it in its own language: what decided, then everything amiss. */
  readonly code: ReasonCode;
  readonly faults: readonly FaultCode[];
  readonly figures: VerdictFigures;
  /** By horizon, nearest first; empty for models without losses. For reading: the decision is made on their average. */
  readonly byHorizon: readonly HorizonComparison[];
}

/** What speaks against a candidate. */
export type FaultCode =
  | 'not-better-than-naive'
  | 'not-better-than-champion'
  | 'coverage80-off'
  | 'coverage95-off'
  | 'not-reproduced'
  | 'champion-not-compared';

/** `passed`, `champion` (it stands), `failed` (it has no losses), or its first fault. */
export type ReasonCode = 'passed' | 'champion' | 'failed' | FaultCode;

/** The numbers of a sentence; null where they do not apply. Shares are in (0, 1). */
export interface VerdictFigures {
  readonly relativeScore: number | null;
  readonly championScore: number | null;
  readonly pAgainstNaive: number | null;
  readonly pAgainstChampion: number | null;
  /** What the p-values had to be below. */
  readonly level: number;
  readonly coverage80: number | null;
  readonly coverage95: number | null;
  readonly band80: number;
  readonly band95: number;
}

export interface Judgement {
  readonly outcome: 'promoted' | 'kept' | 'first';
  /** Who serves once the decision is applied; null only where there was no champion and even naive is unusable. */
  readonly champion: string | null;
  /** The best candidate examined that was not champion already; null when there was none. */
  readonly challenger: string | null;
  /** The decision in words, for people. */
  readonly statement: string;
  /** By rank, failed models last. */
  readonly verdicts: readonly Verdict[];
}

const baseline = 'naive';

/**
 * Decides who serves. A candidate passes when, on the selection block, its mean relative WIS is below naive's and the
 * champion's, both by a one-sided Diebold-Mariano test with the Harvey-Leybourne-Newbold correction, its intervals
 * cover what they promise within the band, and it reproduces its own forecast from its stored artefact. The test is
 * made on the WIS averaged over horizons (each relative to naive's mean, so that far horizons do not drown near ones),
 * at level / candidates (Bonferroni): the best of many is looked at, and the best of many noises looks good.
 *
 * The best candidate that passes is promoted. With no champion and none passing, naive becomes the first one.
 * `originStep` is the number of observations between origins. Throws INPUT_INVALID when naive itself has no losses.
 */
export function judge(
  candidates: readonly Candidate[],
  champion: string | null,
  rules: PromotionRules = defaultRules,
  originStep = 1,
): Judgement {
  const naive = candidates.find((candidate) => candidate.model === baseline);
  if (naive?.losses == null) throw baselineMissing(naive?.failure ?? 'it did not take part');
  const standing = candidates.find((candidate) => candidate.model === champion) ?? null;
  const rivals = candidates.filter(({ model, losses }) => losses !== null && model !== champion && model !== baseline);
  const level = rules.level / Math.max(1, rivals.length);
  const bench: Bench = { naive: relativeLosses(naive.losses, naive.losses), standing, level, rules, originStep };
  const examined = candidates.map((candidate) => examine(candidate, naive.losses as LossTable, champion, bench));
  const verdicts = ranked(examined, champion);
  const others = verdicts.filter(({ model, rank }) => model !== champion && rank !== null);
  const winner = others.find((verdict) => verdict.passed && (verdict.model !== baseline || champion !== null));
  const challenger = winner ?? others.find((verdict) => verdict.model !== baseline) ?? null;
  const count = rivals.length;
  if (champion === null && winner === undefined) return firstByDefault(verdicts, naive.reproduces, challenger, count);
  return {
    outcome: winner === undefined ? 'kept' : champion === null ? 'first' : 'promoted',
    champion: winner?.model ?? champion,
    challenger: challenger?.model ?? null,
    statement: winner === undefined ? keptStatement(champion, challenger, count) : wonStatement(champion, winner),
    verdicts,
  };
}

/** Losses of a model over one block, each horizon relative to naive's mean there, averaged over horizons: `[row]`. */
export function relativeLosses(losses: LossTable, naive: LossTable): Float64Array {
  assert(sameOrigins(losses, naive), 'models are compared over the same origins');
  const sums = new Float64Array(losses.origins.length);
  for (let horizon = 1; horizon <= losses.horizon; horizon += 1) {
    const unit = mean(column(naive, naive.wis, horizon));
    for (const [row, loss] of column(losses, losses.wis, horizon).entries()) {
      sums[row] = (sums[row] ?? 0) + (unit > 0 ? loss / unit : Number(loss > 0));
    }
  }
  return sums.map((sum) => sum / losses.horizon);
}

interface Bench {
  readonly naive: Float64Array;
  readonly standing: Candidate | null;
  readonly level: number;
  readonly rules: PromotionRules;
  readonly originStep: number;
}

function examine(candidate: Candidate, naive: LossTable, champion: string | null, bench: Bench): Verdict {
  const { model, losses } = candidate;
  if (losses === null) return examineFailed(candidate, bench);
  const own = relativeLosses(losses, naive);
  const standing = bench.standing?.losses == null ? null : relativeLosses(bench.standing.losses, naive);
  const steps = Math.ceil(losses.horizon / bench.originStep);
  const against = (other: Float64Array) => probabilityNotBetter(other, own, steps);
  const figures = {
    relativeScore: mean(own),
    pAgainstNaive: model === baseline ? null : against(bench.naive),
    pAgainstChampion: standing === null || model === champion || champion === baseline ? null : against(standing),
    coverage80: mean(losses.inside80),
    coverage95: mean(losses.inside95),
  };
  const championScore = standing === null ? null : mean(standing);
  const byHorizon = compareByHorizon(losses, naive, bench.standing?.losses ?? null, bench.originStep);
  const told = { model, rank: null, ...figures, figures: { ...figures, championScore, ...barOf(bench) }, byHorizon };
  if (model === champion) {
    const reason = `${model} is the champion: relative score ${figures.relativeScore.toFixed(4)} (naive is 1).`;
    return { ...told, passed: true, reason, code: 'champion', faults: [] };
  }
  const faults = faultsOf(candidate, figures, championScore, bench);
  // A champion without losses may only have met a slow machine: that alone hands its place to nobody without merit.
  if (model === baseline && champion !== null && standing === null) {
    faults.push({ code: 'champion-not-compared', words: `${champion} could not be compared` });
  }
  const reason =
    faults.length === 0
      ? `${model} passed: relative score ${figures.relativeScore.toFixed(4)}, ${passedTests(figures)}.`
      : `${model} did not pass: ${faults.map(({ words }) => words).join('; ')}.`;
  const codes = faults.map(({ code }) => code);
  return { ...told, passed: faults.length === 0, reason, code: codes[0] ?? 'passed', faults: codes };
}

function examineFailed({ model, failure }: Candidate, bench: Bench): Verdict {
  const nothing = {
    relativeScore: null,
    pAgainstNaive: null,
    pAgainstChampion: null,
    coverage80: null,
    coverage95: null,
  };
  return {
    model,
    rank: null,
    ...nothing,
    passed: false,
    reason: `${model} failed: ${failure ?? 'no reason was given'}.`,
    code: 'failed',
    faults: [],
    figures: { ...nothing, championScore: null, ...barOf(bench) },
    byHorizon: [],
  };
}

function barOf({ level, rules }: Bench) {
  return { level, band80: rules.band80, band95: rules.band95 };
}

interface Fault {
  readonly code: FaultCode;
  readonly words: string;
}

type Figures = Pick<Verdict, 'pAgainstNaive' | 'pAgainstChampion'> & {
  readonly relativeScore: number;
  readonly coverage80: number;
  readonly coverage95: number;
};

function faultsOf(candidate: Candidate, figures: Figures, standing: number | null, bench: Bench): Fault[] {
  const { level, rules } = bench;
  const faults: Fault[] = [];
  const add = (code: FaultCode, words: string) => faults.push({ code, words });
  const score = figures.relativeScore;
  if (figures.pAgainstNaive !== null && !(score < 1 && figures.pAgainstNaive <= level)) {
    add('not-better-than-naive', notBetter('naive', score, 1, figures.pAgainstNaive, level));
  }
  if (figures.pAgainstChampion !== null && !(score < (standing ?? 1) && figures.pAgainstChampion <= level)) {
    add('not-better-than-champion', notBetter('the champion', score, standing ?? 1, figures.pAgainstChampion, level));
  }
  if (Math.abs(figures.coverage80 - 0.8) > rules.band80) {
    add(
      'coverage80-off',
      `its 80% intervals covered ${percent(figures.coverage80)}, more than ${percent(rules.band80)} off`,
    );
  }
  if (Math.abs(figures.coverage95 - 0.95) > rules.band95) {
    add(
      'coverage95-off',
      `its 95% intervals covered ${percent(figures.coverage95)}, more than ${percent(rules.band95)} off`,
    );
  }
  if (!candidate.reproduces) add('not-reproduced', 'restored from its stored artefact it gave another forecast');
  return faults;
}

/** Equal losses everywhere tell nothing, and nothing is never a reason to promote: p = 1. */
function probabilityNotBetter(other: Float64Array, own: Float64Array, steps: number): number {
  const p = dieboldMariano(other, own, steps).pValueSecondBetter;
  return Number.isNaN(p) ? 1 : p;
}

/** Better scores first; among equals naive, then the champion, then the order of the candidates. */
function ranked(verdicts: readonly Verdict[], champion: string | null): Verdict[] {
  const favour = ({ model }: Verdict) => (model === baseline ? 0 : model === champion ? 1 : 2);
  const score = (verdict: Verdict) => verdict.relativeScore ?? Number.POSITIVE_INFINITY;
  const ordered = [...verdicts].sort((a, b) =>
    score(a) === score(b) ? favour(a) - favour(b) : score(a) < score(b) ? -1 : 1,
  );
  return ordered.map((verdict, index) => (verdict.relativeScore === null ? verdict : { ...verdict, rank: index + 1 }));
}

function firstByDefault(
  verdicts: readonly Verdict[],
  reproduces: boolean,
  closest: Verdict | null,
  count: number,
): Judgement {
  const challenger = closest?.model ?? null;
  if (!reproduces) {
    const statement = 'There is no champion: no model passed, and naive does not reproduce its own stored forecast.';
    return { outcome: 'kept', champion: null, challenger, statement, verdicts };
  }
  const statement =
    `Naive is the first champion: none of ${count} candidates passed. ` +
    `Its forecast is today's price, with intervals from past errors. ${closest?.reason ?? ''}`.trimEnd();
  return { outcome: 'first', champion: baseline, challenger, statement, verdicts };
}

function keptStatement(champion: string | null, challenger: Verdict | null, count: number): string {
  const closest = challenger === null ? '' : ` ${challenger.reason}`;
  return `The champion ${champion} stays: none of ${count} candidates passed.${closest}`;
}

function wonStatement(champion: string | null, winner: Verdict): string {
  const place = champion === null ? 'is the first champion' : `replaces ${champion}`;
  return `${winner.model} ${place}. ${winner.reason}`;
}

function passedTests({ pAgainstNaive, pAgainstChampion, coverage80, coverage95 }: Figures): string {
  const naive = pAgainstNaive === null ? [] : [`better than naive (p = ${probability(pAgainstNaive)})`];
  const standing = pAgainstChampion === null ? [] : [`better than the champion (p = ${probability(pAgainstChampion)})`];
  const coverage = `coverage ${percent(coverage80)} of 80%, ${percent(coverage95)} of 95%`;
  return [...naive, ...standing, coverage].join(', ');
}

function notBetter(whom: string, score: number, other: number, p: number, level: number): string {
  const scores = `relative score ${score.toFixed(4)} against ${other.toFixed(4)}`;
  return `not shown to be better than ${whom} (${scores}, p = ${probability(p)}, needed ${probability(level)})`;
}

function probability(p: number): string {
  return p < 0.0001 ? 'under 0.0001' : p.toFixed(4);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function baselineMissing(reason: string): PlatformError {
  return new PlatformError('INPUT_INVALID', `Models cannot be compared without naive: ${reason}.`, {
    context: { baseline },
    hint: 'Look at the series: naive fails only where prices are missing or not positive.',
  });
}
