import type { IsoDate } from '../domain/iso-date.ts';
import type { Metal } from '../domain/metal.ts';
import type { Instant } from '../domain/moscow-time.ts';
import type { RuleState } from '../domain/parity.ts';

/** What is known of the next price at one instant: append-only. */
export interface Nowcast {
  /** Made of what went into it: the same knowledge is one nowcast. */
  readonly nowcastId: string;
  readonly metal: Metal;
  readonly madeAt: Instant;
  /** Effective date of the last quote known. */
  readonly cutoff: IsoDate;
  readonly lastRubPerGram: number;
  readonly targetDate: IsoDate;
  /** When the Bank is expected to publish the next price. */
  readonly priceExpectedAt: Instant;
  /** `parity`, or the model of the champion's forecast where no driver is collected. */
  readonly model: string;
  /** Drivers with values: none, London's prices, the exchange's closes. */
  readonly drivers: readonly string[];
  readonly rule: RuleState;
  /** Why the formula is not to be trusted, as a sentence; null while it reproduces the official prices. */
  readonly alarm: string | null;
  readonly gold: GoldLegNow;
  readonly rouble: RoubleLegNow;
  /** Both legs known: the price is certain, without an interval. */
  readonly isFixed: boolean;
  readonly meanRubPerGram: number;
  readonly medianRubPerGram: number;
  /** Keyed by level, '0.025'..'0.975'. */
  readonly quantilesRubPerGram: Readonly<Record<string, number>>;
  readonly simulated: boolean;
}

/** The London price that the next price rests on: fixed, the newest one so far, or not known. */
export interface GoldLegNow {
  readonly state: 'fixed' | 'newest' | 'unknown';
  readonly usdPerOunce: number | null;
  readonly date: IsoDate | null;
  readonly auction: 'morning' | 'evening' | null;
  readonly knownAt: Instant | null;
  /** When it will be fixed; null where it is, or where the rule is not known. */
  readonly expectedAt: Instant | null;
}

/** The official dollar rate of the next price's day: set, or still the last one. */
export interface RoubleLegNow {
  readonly state: 'fixed' | 'last' | 'unknown';
  readonly rubPerUsd: number | null;
  readonly date: IsoDate | null;
  readonly knownAt: Instant | null;
  readonly expectedAt: Instant | null;
}

/** Where nowcasts are kept. */
export interface NowcastStore {
  /** 'exists' when the same knowledge was kept before. */
  saveNowcast(nowcast: Nowcast): Promise<'created' | 'exists'>;
  /** The newest of a metal, or null. */
  latestNowcast(metal: Metal): Promise<Nowcast | null>;
  /** Keeps the state of the rule among the results of checks, for the System page. */
  recordRule(metal: Metal, rule: RuleState, alarm: string | null): Promise<void>;
}
