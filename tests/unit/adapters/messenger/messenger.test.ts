import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MessengerOptions } from '../../../../src/adapters/messenger/channel.ts';
import { createMessenger } from '../../../../src/adapters/messenger/messenger.ts';
import { PlatformError } from '../../../../src/domain/errors.ts';
import { isoDate } from '../../../../src/domain/iso-date.ts';
import { instant } from '../../../../src/domain/moscow-time.ts';
import { frozenClock } from '../../../support/frozen-clock.ts';
import {
  type HttpReceiver,
  type SmtpReceiver,
  startHttpReceiver,
  startSmtpReceiver,
} from '../../../support/receivers.ts';

const secret = 'a-secret-of-sixteen-or-more';
let http: HttpReceiver;
let smtp: SmtpReceiver;

beforeAll(async () => {
  [http, smtp] = await Promise.all([startHttpReceiver(), startSmtpReceiver()]);
});
afterAll(async () => {
  await Promise.all([http?.close(), smtp?.close()]);
});
beforeEach(() => http.answer(200, 'thanks'));

function messenger(changes: Partial<MessengerOptions> = {}) {
  return createMessenger({
    secret,
    telegramUrl: `${http.url}/bot123:TOKEN`,
    smtpUrl: smtp.url,
    from: 'Assay <assay@example.org>',
    userAgent: 'Assay/test',
    clock: frozenClock('2025-06-27T13:45:00.000Z'),
    ...changes,
  });
}

function delivery(channel: 'webhook' | 'telegram' | 'email', target: string) {
  return {
    deliveryId: 'd'.repeat(32),
    ruleId: 'r1',
    ruleName: 'Выше 9000',
    eventAt: instant(0),
    payload: {
      kind: 'price-crosses',
      metal: 'gold',
      date: isoDate('2025-06-28'),
      figures: { price: 9001 },
      simulated: false,
      subject: 'Золото на 2025-06-28: 9001.00',
      text: 'Золото на 2025-06-28: 9001.00\n\nПравило «Выше 9000».',
    },
    channel,
    target,
  } as const;
}

const signal = () => AbortSignal.timeout(5_000);

async function failureOf(work: Promise<unknown>): Promise<PlatformError> {
  const failure = await work.then(
    () => expect.fail('it was delivered'),
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(PlatformError);
  expect((failure as PlatformError).code).toBe('DELIVERY_FAILED');
  return failure as PlatformError;
}

describe('a webhook', () => {
  it('is JSON, signed over time and body, and names the message', async () => {
    expect(await messenger().send(delivery('webhook', `${http.url}/hook?a=1`), signal())).toBe('200 thanks');
    const { path, headers, body } = http.received.at(-1)!;
    expect(path).toBe('/hook?a=1');
    expect(headers['assay-delivery']).toBe('d'.repeat(32));
    const [, seconds = '', given = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['assay-signature'])) ?? [];
    expect(seconds).toBe(String(Date.parse('2025-06-27T13:45:00.000Z') / 1000));
    expect(given).toBe(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'));
    expect(JSON.parse(body)).toMatchObject({ version: 1, metal: 'gold', figures: { price: 9001 }, simulated: false });
  });

  it.each([
    [500, 'oops'],
    [404, ''],
    [302, ''],
  ])('answered with %i fails with what was said, and goes nowhere else', async (status, body) => {
    const before = http.received.length;
    http.answer(status, body, { location: `${http.url}/elsewhere` });
    const failure = await failureOf(messenger().send(delivery('webhook', `${http.url}/secret-path`), signal()));
    expect(failure.message).toContain(`${status} ${body}`.trim());
    expect(failure.message).not.toContain('secret-path');
    expect(http.received.length).toBe(before + 1);
  });

  it('that nobody answers, or that hangs, fails in time', async () => {
    await failureOf(messenger().send(delivery('webhook', 'http://127.0.0.1:1/'), signal()));
    http.answer('hang');
    const failure = await failureOf(messenger().send(delivery('webhook', http.url), AbortSignal.timeout(150)));
    expect(failure.message).toContain('in time');
  });

  it('is not sent unsigned', async () => {
    const before = http.received.length;
    const failure = await failureOf(messenger({ secret: null }).send(delivery('webhook', http.url), signal()));
    expect(failure.hint).toContain('ASSAY_ALERT_SECRET');
    expect(http.received.length).toBe(before);
  });
});

describe('Telegram', () => {
  it('gets the text for its chat, through the bot', async () => {
    http.answer(200, JSON.stringify({ ok: true, result: { message_id: 7 } }));
    expect(await messenger().send(delivery('telegram', '-100123'), signal())).toBe('message 7');
    const { path, body } = http.received.at(-1)!;
    expect(path).toBe('/bot123:TOKEN/sendMessage');
    expect(JSON.parse(body)).toMatchObject({ chat_id: '-100123', text: expect.stringContaining('9001.00') });
  });

  it('that refuses tells why, and never the token', async () => {
    http.answer(400, JSON.stringify({ ok: false, description: 'Bad Request: bot123:TOKEN chat not found' }));
    const failure = await failureOf(messenger().send(delivery('telegram', '1'), signal()));
    expect(failure.message).toContain('chat not found');
    expect(failure.message).not.toContain('TOKEN');
    const away = messenger({ telegramUrl: 'http://127.0.0.1:1/bot123:TOKEN' });
    expect((await failureOf(away.send(delivery('telegram', '1'), signal()))).message).not.toContain('TOKEN');
  });
});

describe('e-mail', () => {
  it('arrives with subject and text, its id made of the message', async () => {
    expect(await messenger().send(delivery('email', 'me@example.org'), signal())).toContain('queued as 1');
    const { from, to, text } = smtp.received.at(-1)!;
    expect([from, to]).toEqual(['assay@example.org', 'me@example.org']);
    expect(text).toContain(`Message-ID: <${'d'.repeat(32)}@assay>`);
    expect(text).toMatch(/^Subject: =\?UTF-8\?/m);
  });

  it('that is refused tells why', async () => {
    smtp.refuse(true);
    const failure = await failureOf(messenger().send(delivery('email', 'me@example.org'), signal()));
    smtp.refuse(false);
    expect(failure.message).toContain('no such mailbox');
    const away = messenger({ smtpUrl: 'smtp://user:password@127.0.0.1:1' });
    expect((await failureOf(away.send(delivery('email', 'me@example.org'), signal()))).message).not.toContain(
      'password',
    );
  });
});

describe('channels', () => {
  it('say what they need', () => {
    const ready = (changes: Partial<MessengerOptions>) =>
      messenger(changes)
        .channels.filter(({ isReady }) => isReady)
        .map(({ channel }) => channel);
    expect(ready({})).toEqual(['webhook', 'telegram', 'email']);
    expect(ready({ secret: null, from: null })).toEqual(['telegram']);
  });
});
