import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { metricNames } from '../../../src/api/contract.ts';
import { createWebApp } from '../../../src/api/dashboard.ts';
import { speechOf } from '../../../web/i18n/dictionary.ts';
import { en } from '../../../web/i18n/en.ts';
import { formatOf } from '../../../web/i18n/format.ts';
import { gateReason } from '../../../web/parts/gate-reason.ts';
import { createSampleApi, type SampleState } from '../../support/sample-api.ts';

function start(state: SampleState = 'normal') {
  const api = createSampleApi(state);
  const bugs: unknown[] = [];
  const app = createWebApp({
    api,
    version: '0.1.0',
    guardOptions: {},
    secret: 'only for tests',
    newId: () => 'visitor-1',
    onBug: (error) => bugs.push(error),
  });
  const get = (path: string) => app.request(`http://localhost${path}`, { headers: { host: 'localhost' } });
  return { api, bugs, get, text: async (path: string) => (await get(path)).text() };
}

const cells = (html: string) =>
  [...html.matchAll(/<tr[^>]*><th scope="row"[^>]*>(.*?)<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell!.replace(/<[^>]*>/g, '').trim()),
  );

describe('accuracy', () => {
  it('answers the question first, and only where the whole interval is on one side', async () => {
    const html = await start().text('/accuracy?lang=en');
    const question = html.indexOf('Is it better than today’s price?');
    expect(question).toBeGreaterThan(0);
    expect(question).toBeLessThan(html.indexOf('<figure'));
    const { figures } = await start().api.accuracy('gold');
    const sure = figures.filter(({ metrics }) => metrics.skillVsNaive.lower! > 0).length;
    expect(html).toContain(`Yes: at ${sure}\u00a0steps of 14`);
    expect(await start('weak').text('/accuracy?lang=en')).toMatch(/It cannot be told|errs more than/);
    expect(await start('naive').text('/accuracy?lang=en')).toContain('nothing better than today’s price was found');
  });

  it('says so while nothing was compared or scored, and shows no chart', async () => {
    const html = await start('no-champion').text('/accuracy');
    expect(html).toContain('Точность ещё не измерена');
    expect(html).not.toContain('<figure');
  });

  it('shows in its tables what the API says', async () => {
    const { api, text } = start();
    const { figures, live, worst, champions } = await api.accuracy('gold');
    const rows = cells(await text('/accuracy?lang=en'));
    const first = rows.find(([step, , interval]) => step === '1' && interval?.includes('…'))!;
    const signed = (value: number) => formatOf('en').signed(100 * value, 1);
    const { skillVsNaive } = figures[0]!.metrics;
    expect(first.slice(1, 3)).toEqual([
      signed(skillVsNaive.value!),
      `${signed(skillVsNaive.lower!)} … ${signed(skillVsNaive.upper!)}`,
    ]);
    expect(
      rows.filter(([, count, mae]) => count === String(live[0]!.forecasts) && mae === live[0]!.maeRub.toFixed(2)),
    ).not.toEqual([]);
    expect(rows.filter((row) => row.at(-1) === formatOf('en').date(worst[0]!.cutoff, 'short'))).not.toEqual([]);
    expect(rows.filter(([model]) => model === champions[1]!.modelName)).toHaveLength(1);
  });

  it('keeps the step in the address, and its charts are files', async () => {
    const { get, text } = start();
    expect(await text('/accuracy?h=5&lang=en')).toContain('href="/chart/accuracy-facts.svg?lang=en&amp;h=5"');
    for (const id of ['skill', 'coverage', 'pit', 'facts']) {
      const answer = await get(`/chart/accuracy-${id}.svg`);
      expect([id, answer.status]).toEqual([id, 200]);
      expect(await answer.text()).toMatch(/^<\?xml.*<path.*<\/svg>\s*$/s);
    }
    expect((await start('no-champion').get('/chart/accuracy-skill.svg')).status).toBe(404);
    expect(await text('/accuracy?h=15')).toContain('Часть адреса не понята');
  });
});

describe('models', () => {
  it('show every metric of the report with a heading that sorts by it', async () => {
    const html = await start().text('/models?lang=en');
    for (const name of metricNames) {
      expect(html).toContain(`sort=${name}`);
      expect(html).toContain(en.metrics[name]);
    }
    expect(html).toContain('Among the best');
    expect(html).toContain('/models/compare');
  });

  it('have a page each: the verdict, figures, parameters, the run; a name that is none is refused', async () => {
    const { api, get, text } = start();
    const model = (await api.modelReport('gold', 'theta'))!;
    const html = await text('/models/theta?lang=en');
    expect(html).toContain(model.reason!);
    expect(html).toContain('deseasonalise');
    expect(html).toContain('<code>run-theta</code>');
    expect(html).toContain('/chart/model-losses.svg?lang=en&amp;name=theta');
    const wis = cells(html).find((row) => row.length > metricNames.length && row[0] === '14')!;
    expect(wis).toContain(
      model.figures.find(({ block, horizon }) => block === 'report' && horizon === 14)!.metrics.wis.value!.toFixed(2),
    );
    expect(await text('/models/sarima?lang=en')).toContain('did not converge');
    expect((await get('/models/no-such')).status).toBe(404);
    expect((await get('/models/%3Cscript%3E')).status).toBe(404);
    expect(await text('/models/%3Cscript%3Ealert(1)')).not.toContain('<script>alert');
    expect(await start('no-champion').text('/models/theta?lang=en')).toContain('no report of a comparison yet');
    for (const id of ['model-skill', 'model-losses']) {
      expect((await get(`/chart/${id}.svg?name=theta`)).status).toBe(200);
    }
  });

  it('are told why they did not pass in the reader’s language, with the numbers', () => {
    const figures = {
      relativeScore: 1.0123,
      pAgainstNaive: 0.3,
      level: 0.0015,
      coverage80: 0.61,
      band80: 0.08,
    };
    const faults = ['not-better-than-naive', 'coverage80-off'];
    const reason = {
      model: 'ets',
      passed: false,
      reason: 'ets did not pass: words.',
      code: faults[0]!,
      faults,
      figures,
    };
    expect(gateReason(speechOf('ru'), reason)).toBe(
      'не показано, что лучше «сегодня» (оценка 1,012 против 1, p = 0,3000, нужно не больше 0,0015); ' +
        '80 %-й интервал сбылся в 61,0\u00a0% случаев (можно отклониться на 8,0\u00a0%)',
    );
    const baseline = { ...reason, model: 'naive', passed: true, code: 'passed', faults: [] };
    expect(gateReason(speechOf('en'), { ...baseline, figures: { ...figures, pAgainstNaive: null } })).toMatch(/itself/);
    expect(gateReason(speechOf('en'), { ...baseline, model: 'ets' })).toMatch(/better than/);
    const { code: _code, ...old } = reason;
    expect(gateReason(speechOf('ru'), old)).toBe('words.');
    expect(gateReason(speechOf('en'), { ...reason, code: 'new-fault', faults: ['new-fault'] })).toBe('words.');
  });

  it('give their files away, each as its SHA-256 says', async () => {
    const { api, get, text } = start();
    const html = await text('/models/theta?lang=en');
    const kept = await api.artefacts('gold', 'theta');
    expect(kept.map(({ file }) => file)).toEqual(['model.json', 'MLmodel', 'folds.csv']);
    for (const { file, sha256, bytes } of kept) {
      const address = `/api/v1/metals/gold/model/artefacts/${file}?name=theta`;
      expect(html).toContain(address);
      expect(html).toContain(sha256);
      const answer = await get(address);
      const content = new Uint8Array(await answer.arrayBuffer());
      expect(content.length).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="gold-theta-${file}"`);
      expect(answer.headers.get('etag')).toBe(`"${sha256}"`);
    }
    expect((await get('/api/v1/metals/gold/model/artefacts/passwd?name=theta')).status).toBe(400);
    expect((await get('/api/v1/metals/gold/model/artefacts/MLmodel?name=nobody')).status).toBe(404);
  });

  it('are compared two at a time by address', async () => {
    const { api, bugs, get, text } = start();
    const html = await text('/models/compare?a=theta&b=naive&lang=en&h=7');
    expect(html).toContain('was the closer one in');
    const tested = await api.pair('gold', 'theta', 'naive');
    const p = tested?.tests[0]?.pValue ?? Number.NaN;
    expect(html).toContain(p < 0.05 ? 'Chance would seldom do this' : 'Chance alone makes such a difference');
    expect(html).toContain(`(p\u00a0=\u00a0${p.toFixed(3)})`);
    expect(html).toContain('/chart/model-pair.svg?lang=en&amp;a=theta&amp;b=naive');
    expect((await get('/chart/model-pair.svg?a=theta&b=naive')).status).toBe(200);
    expect((await get('/models/compare?a=theta&b=nobody')).status).toBe(404);
    expect(await text('/models/compare?lang=en')).toContain('Choose two models.');
    expect(bugs).toEqual([]);
  });

  it('cannot be moved without a reason', async () => {
    const html = await start().text('/models');
    expect([...html.matchAll(/<input name="reason" required minlength="3"/gi)]).toHaveLength(2);
  });
});
