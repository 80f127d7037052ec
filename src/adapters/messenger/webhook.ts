import { createHmac } from 'node:crypto';
import type { Channel, MessengerOptions } from './channel.ts';
import { firstWords, notDelivered, reasonOf } from './delivery-failure.ts';

/**
 * Posts JSON to an address of the operator's choice, signed: `Assay-Signature: t=<seconds>,v1=<hex>`, where the hex is
 * HMAC-SHA256 of `<seconds>.<body>`. `Assay-Delivery` names the message, so that a repeat can be dropped.
 * Redirects are refused: they would lead where nobody looked.
 */
export function createWebhookChannel({
  secret,
  userAgent,
  clock,
}: Pick<MessengerOptions, 'secret' | 'userAgent' | 'clock'>): Channel {
  return async ({ deliveryId, ruleId, ruleName, eventAt, payload, target }, signal) => {
    const receiver = new URL(target).origin;
    if (secret === null) {
      throw notDelivered(receiver, 'there is nothing to sign it with.', 'Set ASSAY_ALERT_SECRET and start again.');
    }
    const body = JSON.stringify({
      version: 1,
      delivery: deliveryId,
      rule: { id: ruleId, name: ruleName, kind: payload.kind },
      metal: payload.metal,
      at: eventAt,
      date: payload.date,
      subject: payload.subject,
      text: payload.text,
      figures: payload.figures,
      simulated: payload.simulated,
    });
    const response = await fetch(target, {
      method: 'POST',
      redirect: 'manual',
      signal,
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': userAgent,
        'assay-delivery': deliveryId,
        'assay-signature': signatureOf(body, secret, Math.floor(Date.parse(clock.now()) / 1000)),
      },
    }).catch((error: unknown) => {
      throw notDelivered(receiver, reasonOf(error));
    });
    const words = await firstWords(response);
    if (response.ok) return `${response.status} ${words}`.trim();
    throw notDelivered(receiver, `${response.status} ${words}`.trim());
  };
}

/** The header by which a receiver knows that a body is ours and fresh. */
export function signatureOf(body: string, secret: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
