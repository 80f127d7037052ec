import type { Channel, MessengerOptions } from './channel.ts';
import { notDelivered, reasonOf } from './delivery-failure.ts';

const longestText = 4096;

/** Sends through a bot of the operator's: `sendMessage` of the Bot API. The token is in the address and in no message. */
export function createTelegramChannel({ telegramUrl }: Pick<MessengerOptions, 'telegramUrl'>): Channel {
  return async ({ payload, target }, signal) => {
    if (telegramUrl === null) {
      throw notDelivered('Telegram', 'no bot is set.', 'Set ASSAY_TELEGRAM_URL and start again.');
    }
    const address = `${telegramUrl.replace(/\/+$/, '')}/sendMessage`;
    const message = { chat_id: target, text: payload.text.slice(0, longestText), disable_web_page_preview: true };
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      signal,
      body: JSON.stringify(message),
      headers: { 'content-type': 'application/json' },
    }).catch((error: unknown) => {
      throw notDelivered('Telegram', hide(reasonOf(error), telegramUrl));
    });
    const answer = (await response.json().catch(() => null)) as TelegramAnswer | null;
    if (response.ok && answer?.ok === true) return `message ${answer.result?.message_id ?? ''}`.trim();
    throw notDelivered(
      'Telegram',
      `${response.status} ${hide(answer?.description ?? 'without a reason', telegramUrl)}`,
    );
  };
}

/** Whatever a failure quotes, the token stays out of the log. */
function hide(text: string, telegramUrl: string): string {
  const secret = new URL(telegramUrl).pathname.replace(/^\/+|\/+$/g, '');
  return secret === '' ? text : text.replaceAll(secret, '********');
}

interface TelegramAnswer {
  readonly ok: boolean;
  readonly description?: string;
  readonly result?: { readonly message_id?: number };
}
