import type { VNode } from 'preact';
import {
  type AlertConditionView,
  type AlertDeliveryView,
  type AlertRuleView,
  type AlertsView,
  alertConditionSchema,
} from '../../src/api/contract.ts';
import { alertFields, conditionOf } from '../alert-forms.ts';
import type { Page, PageView } from '../page.ts';
import { Choice, NumberField } from '../parts/fields.tsx';
import { HiddenState } from '../parts/forms.tsx';
import { Notice } from '../parts/states.tsx';
import { DataTable } from '../parts/table.tsx';
import { numberParameter, oneOf, type Visit } from '../visit.ts';

const kinds = [
  'price-crosses',
  'change-exceeds',
  'interval-breach',
  'new-record',
  'stale-data',
  'promotion',
  'formula-alarm',
] as const;
const doneWords = ['added', 'changed', 'removed', 'tested', 'retried'] as const;
const previewDays = 365;
const targetHint = 'https://… | -1001234567890 | me@example.org';

export const alertsPage: Page = {
  path: '/alerts',
  parameters: {
    kind: oneOf(kinds),
    level: numberParameter(0.01, 1_000_000_000),
    direction: oneOf(['either', 'up', 'down']),
    percent: numberParameter(0.01, 1000),
    quotes: numberParameter(1, 250),
    interval: oneOf(['80', '95']),
    horizon: numberParameter(1, 14),
    side: oneOf(['either', 'high', 'low']),
    days: numberParameter(2, 36_600),
    hours: numberParameter(1, 1000),
    preview: oneOf(['yes']),
    done: oneOf(doneWords),
  },
  view: viewAlerts,
  charts: {},
};

async function viewAlerts(visit: Visit): Promise<PageView> {
  const { api, t, values } = visit;
  const view = await api.alerts.view();
  const done = doneWords.find((word) => word === values['done']);
  const body = (
    <>
      <h1>{t.alerts.title}</h1>
      <p>{t.alerts.text}</p>
      {done !== undefined && <Notice tone="good" title={t.alerts.done[done]} />}
      <Missing visit={visit} view={view} />
      <Rules visit={visit} rules={view.rules} />
      <NewRule visit={visit} />
      {values['preview'] === 'yes' && (await preview(visit))}
      <Log visit={visit} deliveries={view.deliveries} />
    </>
  );
  return { title: t.alerts.title, body };
}

/** Channels that rules use and that lack a setting: their messages wait. */
function Missing({ visit, view }: { visit: Visit; view: AlertsView }): VNode | null {
  const { t } = visit;
  const missing = view.channels.filter(
    ({ channel, isReady }) => !isReady && view.rules.some((rule) => rule.channel === channel),
  );
  if (missing.length === 0) return null;
  const lines = missing.map(({ channel, needs }) => t.alerts.needs(t.alerts.channels[channel], needs));
  return <Notice tone="warn" title={lines.join(' ')} />;
}

function Rules({ visit, rules }: { visit: Visit; rules: readonly AlertRuleView[] }): VNode {
  const { t } = visit;
  return (
    <section>
      <h2>{t.alerts.rules}</h2>
      {rules.length === 0 ? (
        <p>{t.alerts.noRules}</p>
      ) : (
        <DataTable
          caption={t.alerts.rules}
          rows={rules}
          columns={[
            { label: t.alerts.name, kind: 'prose', cell: ({ name }) => name },
            { label: t.alerts.state, kind: 'text', cell: ({ isEnabled }) => (isEnabled ? t.alerts.on : t.alerts.off) },
            { label: t.alerts.actions, kind: 'text', cell: (rule) => <RuleActions visit={visit} rule={rule} /> },
            { label: t.alerts.metal, kind: 'text', cell: ({ metal }) => t.metals[metal] },
            { label: t.alerts.waits, kind: 'prose', cell: (rule) => wordsOf(visit, rule.condition) },
            {
              label: t.alerts.to,
              kind: 'prose',
              cell: ({ channel, target }) => `${t.alerts.channels[channel]}: ${target}`,
            },
            {
              label: t.alerts.quiet,
              kind: 'text',
              cell: ({ quiet }) => (quiet === null ? '–' : `${quiet.from}–${quiet.to}`),
            },
          ]}
        />
      )}
    </section>
  );
}

function RuleActions({ visit, rule }: { visit: Visit; rule: AlertRuleView }): VNode {
  const { t } = visit;
  const named = (act: string) => `${act}: ${rule.name}`;
  return (
    <form class="row-actions" method="post" action="/alerts/change">
      <HiddenState visit={visit} />
      <input type="hidden" name="rule" value={rule.ruleId} />
      <button type="submit" name="act" value="test" aria-label={named(t.alerts.test)}>
        {t.alerts.test}
      </button>
      <button
        type="submit"
        name="act"
        value={rule.isEnabled ? 'off' : 'on'}
        aria-label={named(rule.isEnabled ? t.alerts.turnOff : t.alerts.turnOn)}
      >
        {rule.isEnabled ? t.alerts.turnOff : t.alerts.turnOn}
      </button>
      <button type="submit" name="act" value="remove" aria-label={named(t.alerts.remove)}>
        {t.alerts.remove}
      </button>
    </form>
  );
}

/** The kinds are links, so that without script each shows the fields it needs; the last button only looks. */
function NewRule({ visit }: { visit: Visit }): VNode {
  const { t } = visit;
  const kind = kindOf(visit);
  return (
    <section id="new">
      <h2>{t.alerts.newRule}</h2>
      <nav class="chips" aria-label={t.alerts.newRule}>
        {kinds.map((one) => (
          <a
            key={one}
            class="chip"
            href={`${visit.link('/alerts', { kind: one })}#new`}
            aria-current={one === kind ? 'true' : undefined}
          >
            {t.alerts.kinds[one]}
          </a>
        ))}
      </nav>
      <form class="card form" method="post" action="/alerts/add">
        <HiddenState visit={visit} />
        <input type="hidden" name="kind" value={kind} />
        <div class="form-row">
          <ConditionFields visit={visit} kind={kind} />
        </div>
        <button type="submit" class="secondary" formaction="/alerts/preview" formnovalidate>
          {t.alerts.preview}
        </button>
        <TargetFields visit={visit} kind={kind} />
        <p class="note">{t.alerts.webhookNote}</p>
        <button type="submit">{t.alerts.add}</button>
      </form>
    </section>
  );
}

function ConditionFields({ visit, kind }: { visit: Visit; kind: (typeof kinds)[number] }): VNode {
  const { t, values } = visit;
  const number = (name: string, label: string, fallback: string) => (
    <NumberField visit={visit} name={name} label={label} fallback={fallback} />
  );
  const choice = (name: string, label: string, choices: Readonly<Record<string, string>>, fallback: string) => (
    <Choice
      visit={visit}
      name={name}
      label={label}
      chosen={values[name] ?? fallback}
      choices={Object.entries(choices).map(([value, words]) => ({ value, label: words }))}
    />
  );
  switch (kind) {
    case 'price-crosses':
      return (
        <>
          {number('level', t.alerts.level, '')}
          {choice('direction', t.alerts.direction, t.alerts.directions, 'either')}
        </>
      );
    case 'change-exceeds':
      return (
        <>
          {number('percent', t.alerts.percent, '3')}
          {number('quotes', t.alerts.quotes, '1')}
        </>
      );
    case 'interval-breach':
      return (
        <>
          {choice('interval', t.alerts.interval, { '95': '95%', '80': '80%' }, '95')}
          {number('horizon', t.alerts.horizon, '1')}
        </>
      );
    case 'new-record':
      return (
        <>
          {choice('side', t.alerts.side, t.alerts.sides, 'either')}
          {number('days', t.alerts.days, '')}
        </>
      );
    case 'stale-data':
      return number('hours', t.alerts.hours, '24');
    case 'promotion':
    case 'formula-alarm':
      return <p class="note">{t.metals[visit.metal]}</p>;
  }
}

function TargetFields({ visit, kind }: { visit: Visit; kind: (typeof kinds)[number] }): VNode {
  const { t } = visit;
  const channels = Object.entries(t.alerts.channels).map(([value, label]) => ({ value, label }));
  return (
    <div class="form-row">
      <label>
        {t.alerts.name}
        <input name="name" maxLength={80} placeholder={t.alerts.kinds[kind]} autocomplete="off" />
      </label>
      <Choice visit={visit} name="channel" label={t.alerts.channel} chosen="email" choices={channels} />
      <label>
        {t.alerts.target}
        <input name="target" required maxLength={500} placeholder={targetHint} autocomplete="off" size={34} />
      </label>
      <label>
        {t.alerts.quietFrom}
        <input type="time" name="quietFrom" />
      </label>
      <label>
        {t.alerts.quietTo}
        <input type="time" name="quietTo" />
      </label>
    </div>
  );
}

async function preview(visit: Visit): Promise<VNode> {
  const { api, t, f, metal, lang } = visit;
  const condition = alertConditionSchema.safeParse(conditionOf({ ...fieldsOf(visit), kind: kindOf(visit) }));
  if (!condition.success) {
    const issue = condition.error.issues[0];
    return <Notice tone="warn" title={`${String(issue?.path[0] ?? '')}: ${issue?.message ?? ''}`} />;
  }
  const { events } = await api.alerts.preview({ metal, condition: condition.data, days: previewDays, lang });
  if (events.length === 0) return <Notice tone="info" title={t.alerts.previewEmpty} />;
  const title = t.alerts.previewTitle(f.count(events.length, t.alerts.times));
  return (
    <section>
      <Notice tone="info" title={title} />
      <DataTable
        caption={title}
        rows={events.slice(0, 50)}
        columns={[
          { label: t.system.time, kind: 'text', cell: ({ at }) => f.instant(at) },
          { label: t.alerts.message, kind: 'prose', cell: ({ subject }) => subject },
        ]}
      />
    </section>
  );
}

function Log({ visit, deliveries }: { visit: Visit; deliveries: readonly AlertDeliveryView[] }): VNode {
  const { t, f } = visit;
  return (
    <section>
      <h2>{t.alerts.log}</h2>
      {deliveries.length === 0 ? (
        <p>{t.alerts.noLog}</p>
      ) : (
        <DataTable
          caption={t.alerts.log}
          rows={deliveries}
          rowClass={({ state }) => (state === 'failed' ? 'failed' : undefined)}
          columns={[
            { label: t.alerts.made, kind: 'text', cell: ({ createdAt }) => f.instant(createdAt) },
            { label: t.alerts.name, kind: 'prose', cell: ({ ruleName }) => ruleName },
            { label: t.alerts.message, kind: 'prose', cell: ({ subject }) => subject },
            { label: t.alerts.channel, kind: 'text', cell: ({ channel }) => t.alerts.channels[channel] },
            { label: t.alerts.state, kind: 'text', cell: (one) => <State visit={visit} delivery={one} /> },
            { label: t.alerts.tries, cell: ({ attempts }) => f.number(attempts, 0) },
            { label: t.alerts.said, kind: 'prose', cell: ({ detail }) => detail ?? '–' },
          ]}
        />
      )}
    </section>
  );
}

function State({ visit, delivery }: { visit: Visit; delivery: AlertDeliveryView }): VNode {
  const { t, f } = visit;
  const { state, notBefore, deliveryId, subject } = delivery;
  if (state === 'pending') {
    return (
      <>
        {t.alerts.states.pending}, {f.instant(notBefore)}
      </>
    );
  }
  if (state !== 'failed') return <>{t.alerts.states[state]}</>;
  return (
    <form class="row-actions" method="post" action="/alerts/retry">
      <HiddenState visit={visit} />
      <input type="hidden" name="delivery" value={deliveryId} />
      <span>{t.alerts.states.failed}</span>
      <button type="submit" aria-label={`${t.alerts.retry}: ${subject}`}>
        {t.alerts.retry}
      </button>
    </form>
  );
}

function kindOf({ values }: Visit): (typeof kinds)[number] {
  return kinds.find((kind) => kind === values['kind']) ?? 'price-crosses';
}

function fieldsOf({ values }: Visit): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => alertFields.includes(name)));
}

function wordsOf({ t, f }: Visit, condition: AlertConditionView): string {
  const { waitsFor, kinds: names, directions, sides } = t.alerts;
  const whole = (value: number) => f.number(value, 0);
  const name = names[condition.kind];
  switch (condition.kind) {
    case 'price-crosses':
      return `${name}: ${waitsFor.crosses(f.number(condition.levelRubPerGram, 2), directions[condition.direction])}`;
    case 'change-exceeds':
      return `${name}: ${waitsFor.change(f.number(condition.percent, 2), whole(condition.quotes))}`;
    case 'interval-breach':
      return `${name}: ${waitsFor.breach(whole(condition.level), whole(condition.horizon))}`;
    case 'new-record':
      return `${name}: ${waitsFor.record(sides[condition.side], condition.days === null ? null : whole(condition.days))}`;
    case 'stale-data':
      return `${name}: ${waitsFor.late(whole(condition.hours))}`;
    case 'promotion':
    case 'formula-alarm':
      return name;
  }
}
