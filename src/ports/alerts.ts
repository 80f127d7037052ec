import type { AlertFacts } from '../domain/alerts/alert-events.ts';
import type { AlertMessage } from '../domain/alerts/alert-message.ts';
import type { AlertChannel, AlertEvent, AlertRule } from '../domain/alerts/alert-rule.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import type { Metal } from '../domain/metal.ts';
import type { Instant } from '../domain/moscow-time.ts';

export type DeliveryState = 'pending' | 'sending' | 'sent' | 'failed' | 'cancelled';

/** One message on its way: a row of the outbox. */
export interface Delivery {
  /** Made of rule and event: the same event of the same rule is one delivery. Receivers see it and may drop repeats. */
  readonly deliveryId: string;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly eventKey: string;
  readonly eventAt: Instant;
  readonly payload: AlertPayload;
  readonly channel: AlertChannel;
  readonly target: string;
  readonly quiet: AlertRule['quiet'];
  readonly state: DeliveryState;
  /** Attempts begun so far. */
  readonly attempts: number;
  /** Not before this instant: quiet hours, or the pause after a failure. */
  readonly notBefore: Instant;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  /** What the receiver said, or why it failed last; null before the first attempt. */
  readonly detail: string | null;
}

/** What is delivered: words for people, figures for programs. */
export interface AlertPayload extends AlertMessage {
  readonly kind: string;
  readonly metal: Metal;
  readonly date: IsoDate | null;
  readonly figures: AlertEvent['figures'];
  readonly simulated: boolean;
}

/** Rules, the outbox and its log. */
export interface AlertStore {
  /** Rules that were not removed, oldest first. */
  rules(): Promise<readonly AlertRule[]>;
  addRule(rule: AlertRule): Promise<void>;
  /** Turns a rule on or off; false when there is none. Turned on, it watches from now. */
  setRule(ruleId: string, isEnabled: boolean, watch: Pick<AlertRule, 'watchedFrom' | 'afterDate'>): Promise<boolean>;
  /** Takes a rule away and cancels what it has not delivered; false when there is none. */
  removeRule(ruleId: string, now: Instant): Promise<boolean>;
  /** What is known of a metal, promotions left out. */
  facts(metal: Metal, now: Instant): Promise<Omit<AlertFacts, 'promotions'>>;
  /** Puts a message into the outbox; 'exists' when the event of this rule was put there before. */
  enqueue(
    delivery: Pick<
      Delivery,
      'deliveryId' | 'ruleId' | 'eventKey' | 'eventAt' | 'payload' | 'channel' | 'target' | 'notBefore' | 'createdAt'
    >,
  ): Promise<'created' | 'exists'>;
  /**
   * Takes the next message that is due (or the one named), notes the attempt, and holds the message until `leaseUntil`:
   * whoever crashes meanwhile loses it to the next. Null when none is due.
   */
  claim(now: Instant, leaseUntil: Instant, deliveryId?: string): Promise<Delivery | null>;
  /** Ends an attempt: sent, failed for good, or to be tried again from `retryAt` on. */
  settle(
    delivery: Pick<Delivery, 'deliveryId' | 'attempts'>,
    outcome: {
      readonly state: 'sent' | 'failed' | 'pending';
      readonly at: Instant;
      readonly detail: string;
      readonly retryAt?: Instant;
    },
  ): Promise<void>;
  /** Puts a failed message back; false when there is no such failed message. */
  retry(deliveryId: string, now: Instant): Promise<boolean>;
  /** Newest first. */
  deliveries(limit: number): Promise<readonly Delivery[]>;
}

/** Takes messages to people. */
export interface Messenger {
  /** Which channels have what they need, and what is missing otherwise. */
  readonly channels: readonly { readonly channel: AlertChannel; readonly isReady: boolean; readonly needs: string }[];
  /**
   * Delivers one message; says what the receiver answered. Throws PlatformError DELIVERY_FAILED otherwise; whether the
   * receiver has it then is not known, so it is sent again under the same id.
   */
  send(
    delivery: Pick<Delivery, 'deliveryId' | 'ruleId' | 'ruleName' | 'eventAt' | 'payload' | 'channel' | 'target'>,
    signal: AbortSignal,
  ): Promise<string>;
}
