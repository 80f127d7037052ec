import type { IsoDate } from '../iso-date.ts';
import type { Metal } from '../metal.ts';
import type { Instant } from '../moscow-time.ts';

/** What a rule waits for. Prices are RUB per gram of the metal; counts are quotes unless they say days. */
export type AlertCondition =
  /** The price passes a level between two neighbouring quotes. */
  | { readonly kind: 'price-crosses'; readonly levelRubPerGram: number; readonly direction: 'up' | 'down' | 'either' }
  /** The price differs from the one `quotes` quotes before by more than `percent`, either way. */
  | { readonly kind: 'change-exceeds'; readonly percent: number; readonly quotes: number }
  /** A fact falls outside the interval that was forecast for it `horizon` quotes before. */
  | { readonly kind: 'interval-breach'; readonly level: 80 | 95; readonly horizon: number }
  /** The price is above, or below, all before it: within so many calendar days, or within all history (null). */
  | { readonly kind: 'new-record'; readonly side: 'high' | 'low' | 'either'; readonly days: number | null }
  /** The next price is not there so many hours after the Bank is expected to publish it. */
  | { readonly kind: 'stale-data'; readonly hours: number }
  /** Another model version begins to forecast: promotions and rollbacks. */
  | { readonly kind: 'promotion' }
  /** The Bank's formula stops reproducing the official price. */
  | { readonly kind: 'formula-alarm' };

export type AlertKind = AlertCondition['kind'];

export const alertKinds = [
  'price-crosses',
  'change-exceeds',
  'interval-breach',
  'new-record',
  'stale-data',
  'promotion',
  'formula-alarm',
] as const satisfies readonly AlertKind[];

export const alertChannels = ['webhook', 'telegram', 'email'] as const;
export type AlertChannel = (typeof alertChannels)[number];

/** Hours of Moscow's clock in which nothing is delivered, `HH:MM`; `from` after `to` reaches over midnight. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/** A rule as a person made it. */
export interface AlertRule {
  readonly ruleId: string;
  readonly name: string;
  readonly metal: Metal;
  readonly condition: AlertCondition;
  readonly channel: AlertChannel;
  /** An http(s) address, a Telegram chat, or an e-mail address. Never a secret of ours. */
  readonly target: string;
  readonly quiet: QuietHours | null;
  readonly lang: 'ru' | 'en';
  readonly isEnabled: boolean;
  /** Events that have no date count from this instant on: when the rule was made, or turned on again. */
  readonly watchedFrom: Instant;
  /** Events of a quote count after this date, the last one known when the rule was made; null: by their instant. */
  readonly afterDate: IsoDate | null;
}

/** Something a rule waited for. The same event has the same key, whenever it is looked for. */
export interface AlertEvent {
  readonly key: string;
  /** When it could be known. */
  readonly at: Instant;
  /** The quote date it belongs to; null for what belongs to none. */
  readonly date: IsoDate | null;
  /** Numbers and words of the event, for the message and for programs; null where one does not apply. */
  readonly figures: Readonly<Record<string, number | string | null>>;
}

/** True for an event that came after the rule began to watch. */
export function isNews(event: AlertEvent, rule: Pick<AlertRule, 'watchedFrom' | 'afterDate'>): boolean {
  // A history that is fetched after the rule was made is no news either.
  if (event.date === null || rule.afterDate === null) return event.at > rule.watchedFrom;
  return event.date > rule.afterDate;
}
