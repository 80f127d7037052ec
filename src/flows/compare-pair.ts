import { dieboldMariano } from '../stats/diebold-mariano.ts';

/** What a report keeps of one model, for being compared. */
export interface ReportedModel {
  readonly model: string;
  /** Loss at each origin, averaged over horizons, naive's mean being 1; empty for a model that failed. */
  readonly losses: Readonly<Record<Block, readonly number[]>>;
  /** `step`: quotes between origins. */
  readonly report: { readonly horizon: number; readonly step: number };
}

type Block = 'selection' | 'report';

/** The losses of two models over the same origins of one block. */
export interface PairTest {
  readonly block: Block;
  readonly origins: number;
  /** At how many origins each had the smaller loss; equal losses count for neither. */
  readonly firstCloser: number;
  readonly secondCloser: number;
  /** First minus second, in naive's mean loss: below 0 where the first is better. */
  readonly meanDifference: number;
  /** Null where nothing can be told: losses equal everywhere, or too few origins. */
  readonly statistic: number | null;
  readonly pValue: number | null;
}

/** Reads both and compares them; null where there is no report yet. Rejects with NOT_FOUND for a name it does not hold. */
export async function readPair<Metal>(
  reads: { modelReport(metal: Metal, model: string): Promise<ReportedModel | null> },
  metal: Metal,
  first: string,
  second: string,
): Promise<{ metal: Metal; first: string; second: string; tests: PairTest[] } | null> {
  const [one, other] = await Promise.all([reads.modelReport(metal, first), reads.modelReport(metal, second)]);
  return one === null || other === null ? null : { metal, first, second, tests: comparePair(one, other) };
}

/**
 * Two models of one comparison over the same origins: the two-sided Diebold-Mariano test with the correction of Harvey,
 * Leybourne and Newbold. Losses are means over all horizons, so that those of neighbouring origins overlap by up to
 * horizon - 1 quotes. A block in which one of them has no losses is left out.
 */
export function comparePair(first: ReportedModel, second: ReportedModel): PairTest[] {
  const { horizon, step } = first.report;
  const overlap = Math.max(1, Math.ceil(horizon / step));
  return (['report', 'selection'] as const).flatMap((block) => {
    const [own, others] = [first.losses[block], second.losses[block]];
    if (own.length === 0 || own.length !== others.length) return [];
    const test = dieboldMariano(own, others, overlap);
    const isKnown = Number.isFinite(test.statistic);
    return {
      block,
      origins: test.count,
      firstCloser: own.filter((loss, row) => loss < (others[row] as number)).length,
      secondCloser: own.filter((loss, row) => loss > (others[row] as number)).length,
      meanDifference: test.meanDifference,
      statistic: isKnown ? test.statistic : null,
      pValue: isKnown ? test.pValue : null,
    };
  });
}
