import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAlerts } from '../../src/flows/notify.ts';
import { type AlertBench, alertSecret, createAlertBench } from '../support/alert-bench.ts';
import { buildEntry } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/receivers.ts';
import { recordedStep } from '../support/step-context.ts';

const kills = 12;
const messages = 6;

describe(`a sender of alerts killed ${kills} times in the middle of a message`, () => {
  let receiver: HttpReceiver;
  let bench: AlertBench;
  let entry: string;

  beforeAll(async () => {
    receiver = await startHttpReceiver();
    bench = await createAlertBench(receiver.url);
    entry = await buildEntry('tests/crash/alert-process.ts');
  });
  afterAll(async () => {
    await bench?.close();
    await receiver?.close();
  });

  const send = (): ChildProcess =>
    spawn(process.execPath, [entry, bench.databaseUrl, bench.postClock.now(), alertSecret], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

  it('loses no message, and repeats one only under its own id', async () => {
    await bench.publish(90);
    await bench.api.add(bench.request());
    for (let count = 0; count < messages; count += 1) {
      await bench.publish(110);
      await bench.publish(90);
    }
    const { found } = await findAlerts({ ...bench.ports, step: recordedStep() });
    expect(found).toBe(messages);

    receiver.answer('hang');
    for (let kill = 0; kill < kills; kill += 1) {
      const before = receiver.received.length;
      const child = send();
      await eventually(() => (receiver.received.length > before ? true : null), 'a message on its way');
      child.kill('SIGKILL');
      await ended(child);
      bench.postClock.advance(61_000);
    }
    expect((await bench.api.view()).deliveries.filter(({ state }) => state === 'sent')).toEqual([]);

    receiver.answer(200);
    const before = receiver.received.length;
    await ended(send());
    const { deliveries } = await bench.api.view();
    expect(deliveries.map(({ state }) => state)).toEqual(Array.from({ length: messages }, () => 'sent'));
    const ids = receiver.received.slice(before).map(({ headers }) => headers['assay-delivery']);
    expect([ids.length, new Set(ids).size]).toEqual([messages, messages]);
    const all = new Set(receiver.received.map(({ headers }) => headers['assay-delivery']));
    expect(all.size).toBe(messages);
    const { rows } = await bench.pool.query('select count(*)::int as n from ops.alert_attempt where ended_at is null');
    expect(rows[0].n).toBe(kills);
  });
});
