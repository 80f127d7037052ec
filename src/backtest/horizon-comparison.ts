import { dieboldMariano } from '../stats/diebold-mariano.ts';
import { giacominiWhite } from '../stats/giacomini-white.ts';
import { mean } from '../stats/moments.ts';
import { column, type LossTable } from './losses.ts';

/** A candidate beside naive and the champion at one horizon. Losses are mean WIS in the unit of the series. */
export interface HorizonComparison {
  readonly horizon: number;
  readonly wis: number;
  readonly naiveWis: number;
  /** Null without a champion that has losses. */
  readonly championWis: number | null;
  /** One-sided Diebold-Mariano p of "not better", at this horizon alone; null where nothing can be told. */
  readonly pAgainstNaive: number | null;
  readonly pAgainstChampion: number | null;
  /** Giacomini-White p of "nobody can foretell which of it and naive will be better"; null where it cannot be made. */
  readonly pConditional: number | null;
}

/** All three tables over the same origins; `originStep` is the number of observations between them. */
export function compareByHorizon(
  own: LossTable,
  naive: LossTable,
  champion: LossTable | null,
  originStep: number,
): HorizonComparison[] {
  return Array.from({ length: own.horizon }, (_, index) => {
    const horizon = index + 1;
    const overlap = Math.max(1, Math.ceil(horizon / originStep));
    const wis = column(own, own.wis, horizon);
    const naiveWis = column(naive, naive.wis, horizon);
    const championWis = champion === null ? null : column(champion, champion.wis, horizon);
    return {
      horizon,
      wis: mean(wis),
      naiveWis: mean(naiveWis),
      championWis: championWis === null ? null : mean(championWis),
      pAgainstNaive: known(dieboldMariano(naiveWis, wis, overlap).pValueSecondBetter),
      pAgainstChampion:
        championWis === null ? null : known(dieboldMariano(championWis, wis, overlap).pValueSecondBetter),
      pConditional: known(giacominiWhite(naiveWis, wis, overlap).pValue),
    };
  });
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
