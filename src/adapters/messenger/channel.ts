import type { Messenger } from '../../ports/alerts.ts';
import type { Clock } from '../../ports/clock.ts';

/** Takes one message to one receiver and says what it answered; throws DELIVERY_FAILED. */
export type Channel = Messenger['send'];

export interface MessengerOptions {
  /** Signs webhooks; null: none are sent. */
  readonly secret: string | null;
  /** Address of a Telegram bot, its token included. */
  readonly telegramUrl: string | null;
  readonly smtpUrl: string | null;
  readonly from: string | null;
  readonly userAgent: string;
  readonly clock: Clock;
}
