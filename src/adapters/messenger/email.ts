import type { Channel, MessengerOptions } from './channel.ts';
import { notDelivered, reasonOf } from './delivery-failure.ts';

/**
 * Sends through the operator's mail server. The message's id is made of the delivery's, so that a mail server that
 * knows it already may drop a repeat. Loaded on first use: most installations send no mail.
 */
export function createEmailChannel({ smtpUrl, from }: Pick<MessengerOptions, 'smtpUrl' | 'from'>): Channel {
  return async ({ deliveryId, payload, target }, signal) => {
    if (smtpUrl === null || from === null) {
      const hint = 'Set ASSAY_SMTP_URL and ASSAY_ALERT_FROM and start again.';
      throw notDelivered('The mail server', 'none is set, or no sender.', hint);
    }
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      url: smtpUrl,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 15_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const cut = () => transport.close();
    signal.addEventListener('abort', cut, { once: true });
    try {
      const { response } = await transport.sendMail({
        from,
        to: target,
        subject: payload.subject,
        text: payload.text,
        messageId: `<${deliveryId}@assay>`,
        headers: { 'X-Assay-Delivery': deliveryId, 'Auto-Submitted': 'auto-generated' },
      });
      return response;
    } catch (error) {
      throw notDelivered(`The mail server ${new URL(smtpUrl).hostname}`, reasonOf(error));
    } finally {
      signal.removeEventListener('abort', cut);
      transport.close();
    }
  };
}
