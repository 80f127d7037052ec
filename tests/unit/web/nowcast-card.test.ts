import { describe, expect, it } from 'vitest';
import type { NowcastView } from '../../../src/api/contract.ts';
import { createWebApp } from '../../../src/api/dashboard.ts';
import { createSampleApi } from '../../support/sample-api.ts';

/** Today's page in English over a nowcast changed by `change`. */
async function today(change: (nowcast: NowcastView) => NowcastView | null): Promise<string> {
  const sample = createSampleApi('normal');
  const api = { ...sample, nowcast: async () => change((await sample.nowcast('gold'))!) };
  const app = createWebApp({
    api,
    version: '0.1.0',
    guardOptions: {},
    secret: 'only for tests',
    newId: () => 'visitor',
  });
  return (await app.request('http://localhost/?lang=en', { headers: { host: 'localhost' } })).text();
}

const text = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

describe('what is known of the next price', () => {
  it('tells the settled part from the other one, and when that will be known', async () => {
    const html = text(await today((nowcast) => nowcast));
    expect(html).toContain('One part of the formula is known');
    expect(html).toContain('$3,271.75 an ounce settled');
    expect(html).toMatch(/₽78.4685 a dollar last official · 28 Jun 2025 · will be known \d/);
    expect(html).toMatch(/Expected price ≈ ₽[\d,.]+ [+−]₽[\d.]+ \([+−][\d.]+%\) · 80%: [\d,.]+ … [\d,.]+/);
    expect(html).not.toContain('stopped holding');
  });

  it('shows a settled price without an interval', async () => {
    const html = text(
      await today((nowcast) => ({
        ...nowcast,
        isFixed: true,
        rouble: { ...nowcast.rouble, state: 'fixed', expectedAt: null },
      })),
    );
    expect(html).toContain('The price is settled');
    expect(html).toMatch(/Expected price ₽[\d,.]+ [+−]₽[\d.]+ \([+−][\d.]+%\) Metal/);
  });

  it('raises the alarm when the formula stopped holding', async () => {
    const html = await today((nowcast) => ({
      ...nowcast,
      alarm: 'The newest 3 official prices cannot be reproduced.',
      rule: { ...nowcast.rule, holds: false, unexplained: 3 },
    }));
    expect(html).toContain('class="notice alarm" role="alert"');
    expect(text(html)).toContain('The newest prices (3, up to 28 Jun 2025) do not follow from London');
  });

  it('is not there before the first one, nor once the price is out', async () => {
    for (const change of [() => null, (nowcast: NowcastView) => ({ ...nowcast, targetDate: '2025-06-28' })]) {
      expect(await today(change)).not.toContain('What is known of the next price');
    }
  });
});
