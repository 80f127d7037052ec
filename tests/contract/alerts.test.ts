import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertsSchema } from '../../src/api/contract.ts';
import { PlatformError } from '../../src/domain/errors.ts';
import { deliverAlerts, findAlerts, mostAttempts, pauseMs } from '../../src/flows/notify.ts';
import { type AlertBench, createAlertBench } from '../support/alert-bench.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/receivers.ts';
import { recordedStep } from '../support/step-context.ts';

let receiver: HttpReceiver;
let bench: AlertBench;
const hour = 3_600_000;

beforeEach(async () => {
  receiver = await startHttpReceiver();
  bench = await createAlertBench(receiver.url);
});
afterEach(async () => {
  await bench?.close();
  await receiver?.close();
});

const find = () => findAlerts({ ...bench.ports, step: recordedStep() });
const deliver = () => deliverAlerts(bench.ports, new AbortController().signal);
const states = async () => (await bench.api.view()).deliveries.map(({ state }) => state);

describe('a rule', () => {
  it('tells each event once, however often it is looked for and by however many', async () => {
    await bench.publish(90);
    await bench.api.add(bench.request());
    expect(await find()).toEqual({ rules: 1, found: 0 });
    const date = await bench.publish(110);
    const looks = await Promise.all([find(), find(), find()]);
    expect(looks.reduce((sum, { found }) => sum + found, 0)).toBe(1);
    const sends = await Promise.all([deliver(), deliver(), deliver()]);
    expect(sends.reduce((sum, { sent }) => sum + sent, 0)).toBe(1);
    expect(receiver.received).toHaveLength(1);
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ date, figures: { price: 110, level: 100 } });
    await find();
    await deliver();
    expect(receiver.received).toHaveLength(1);
    await bench.publish(90);
    await bench.publish(120);
    await find();
    await deliver();
    expect(receiver.received).toHaveLength(2);
    expect(new Set(receiver.received.map(({ headers }) => headers['assay-delivery'])).size).toBe(2);
    expect(alertsSchema.parse(await bench.api.view()).deliveries).toHaveLength(2);
  });

  it('that is off tells nothing, and turned on again nothing of what it missed', async () => {
    await bench.publish(90);
    const { ruleId } = await bench.api.add(bench.request());
    await bench.api.set(ruleId, false);
    await bench.publish(110);
    expect(await find()).toEqual({ rules: 0, found: 0 });
    await bench.api.set(ruleId, true);
    expect(await find()).toEqual({ rules: 1, found: 0 });
    await bench.publish(90);
    await bench.publish(110);
    expect(await find()).toEqual({ rules: 1, found: 1 });
  });

  it('that is removed cancels what it has not delivered', async () => {
    await bench.publish(90);
    const { ruleId } = await bench.api.add(bench.request());
    await bench.publish(110);
    await find();
    await bench.api.remove(ruleId);
    expect([await states(), await deliver()]).toEqual([['cancelled'], { sent: 0, delayed: 0, failed: 0 }]);
    await expect(bench.api.remove(ruleId)).rejects.toThrow(PlatformError);
    expect((await bench.api.view()).rules).toEqual([]);
  });

  it('shows beforehand what it would have told', async () => {
    for (const price of [90, 110, 90, 110]) await bench.publish(price);
    const { condition } = bench.request();
    const preview = await bench.api.preview({ metal: 'gold', condition, days: 90 });
    expect(preview.events).toHaveLength(2);
    expect(preview.events[0]!.at > preview.events[1]!.at).toBe(true);
    expect((await bench.api.preview({ metal: 'gold', condition, days: 1 })).events).toHaveLength(1);
    expect((await bench.api.view()).deliveries).toEqual([]);
  });

  it('is tested at once, in quiet hours too, and the test is in the log', async () => {
    const rule = await bench.api.add(bench.request({ quiet: { from: '00:00', to: '23:59' } }));
    expect(rule.target).toBe(`${receiver.url}/…hook`);
    expect(await bench.api.test(rule.ruleId)).toMatchObject({ state: 'sent', kind: 'test', detail: '200 thanks' });
    receiver.answer(503, 'later');
    const failed = await bench.api.test(rule.ruleId);
    expect([failed.state, failed.detail]).toEqual(['pending', expect.stringContaining('503 later')]);
  });
});

describe('the outbox', () => {
  it('keeps the quiet hours of Moscow', async () => {
    await bench.publish(90);
    await bench.api.add(bench.request({ quiet: { from: '16:00', to: '08:00' } }));
    await bench.publish(110);
    await find();
    expect(await deliver()).toEqual({ sent: 0, delayed: 0, failed: 0 });
    bench.postClock.advance(15 * hour - 1);
    expect((await deliver()).sent).toBe(0);
    bench.postClock.advance(1);
    expect((await deliver()).sent).toBe(1);
  });

  it('tries again after growing pauses, gives up at last, and goes on when asked', async () => {
    await bench.publish(90);
    await bench.api.add(bench.request());
    await bench.publish(110);
    await find();
    receiver.answer(500, 'no');
    let waitedMs = 0;
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const report = await deliver();
      expect(report).toEqual(
        attempt < mostAttempts ? { sent: 0, delayed: 1, failed: 0 } : { sent: 0, delayed: 0, failed: 1 },
      );
      expect(await deliver()).toEqual({ sent: 0, delayed: 0, failed: 0 });
      bench.postClock.advance(8 * hour);
      waitedMs += 8 * hour;
    }
    expect(receiver.received).toHaveLength(mostAttempts);
    expect(new Set(receiver.received.map(({ headers }) => headers['assay-delivery'])).size).toBe(1);
    const [given] = (await bench.api.view()).deliveries;
    expect([given?.state, given?.attempts]).toEqual(['failed', mostAttempts]);
    expect(waitedMs).toBeGreaterThan(24 * hour);
    receiver.answer(200);
    await bench.api.retry(given!.deliveryId);
    expect(await deliver()).toEqual({ sent: 1, delayed: 0, failed: 0 });
    await expect(bench.api.retry(given!.deliveryId)).rejects.toThrow(PlatformError);
  });

  it('doubles its pauses up to six hours, each message at its own moment', () => {
    const pauses = Array.from({ length: mostAttempts }, (_, index) =>
      pauseMs({ deliveryId: 'a', attempts: index + 1 }),
    );
    expect(pauses[0]).toBeGreaterThanOrEqual(22_500);
    expect(pauses[0]).toBeLessThanOrEqual(37_500);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(7.5 * hour);
    expect(pauses.slice(0, 9).every((pause, index) => index === 0 || pause > pauses[index - 1]!)).toBe(true);
    expect(pauseMs({ deliveryId: 'b', attempts: 3 })).not.toBe(pauseMs({ deliveryId: 'c', attempts: 3 }));
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(24 * hour);
  });

  it('sends again, under the same id, what was cut off between sending and marking', async () => {
    await bench.publish(90);
    await bench.api.add(bench.request());
    await bench.publish(110);
    await find();
    const { alerts, messenger, postClock } = bench.ports;
    const cut = {
      ...bench.ports,
      messenger: {
        ...messenger,
        send: async (...sent: Parameters<typeof messenger.send>) => {
          await messenger.send(...sent);
          throw new RangeError('the process dies here');
        },
      },
    };
    await expect(deliverAlerts(cut, new AbortController().signal)).rejects.toThrow('dies here');
    expect([await states(), (await deliver()).sent]).toEqual([['sending'], 0]);
    bench.postClock.advance(60_000);
    expect((await deliver()).sent).toBe(1);
    const [first, second] = receiver.received.map(({ headers }) => headers['assay-delivery']);
    expect([receiver.received.length, first]).toEqual([2, second]);
    // The one that was cut off comes too late to change anything.
    const [row] = await alerts.deliveries(1);
    await alerts.settle(
      { deliveryId: row!.deliveryId, attempts: 1 },
      { state: 'pending', at: postClock.now(), detail: 'late' },
    );
    expect(await states()).toEqual(['sent']);
    const { rows } = await bench.pool.query('select attempt, outcome from ops.alert_attempt order by attempt');
    expect(rows.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});
