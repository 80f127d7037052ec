import type { AlertChannel } from '../../domain/alerts/alert-rule.ts';
import type { Messenger } from '../../ports/alerts.ts';
import type { Channel, MessengerOptions } from './channel.ts';
import { createEmailChannel } from './email.ts';
import { createTelegramChannel } from './telegram.ts';
import { createWebhookChannel } from './webhook.ts';

/** Every channel with what it needs; one that lacks it says so when it is used, and nothing is lost. */
export function createMessenger(options: MessengerOptions): Messenger {
  const channels: Readonly<Record<AlertChannel, Channel>> = {
    webhook: createWebhookChannel(options),
    telegram: createTelegramChannel(options),
    email: createEmailChannel(options),
  };
  return {
    channels: [
      { channel: 'webhook', isReady: options.secret !== null, needs: 'ASSAY_ALERT_SECRET' },
      { channel: 'telegram', isReady: options.telegramUrl !== null, needs: 'ASSAY_TELEGRAM_URL' },
      {
        channel: 'email',
        isReady: options.smtpUrl !== null && options.from !== null,
        needs: 'ASSAY_SMTP_URL, ASSAY_ALERT_FROM',
      },
    ],
    send: (delivery, signal) => channels[delivery.channel](delivery, signal),
  };
}
