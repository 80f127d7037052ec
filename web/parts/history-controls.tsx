import type { VNode } from 'preact';
import type { Summary } from '../../src/api/contract.ts';
import { addMonths } from '../charts/days.ts';
import { comparable, nameOf } from '../charts/history-chart.ts';
import { transforms, volatilityWindows } from '../charts/transforms.ts';
import { comparedOf, transformOf, windowOf } from '../pages/history-data.ts';
import type { Visit } from '../visit.ts';
import { KeptState } from './forms.tsx';

/** Range, transform, comparison and scale, each a row of links: the whole state is in the address. */
export function HistoryControls({ visit, whole }: { visit: Visit; whole: Summary }): VNode {
  const { t, values } = visit;
  const transform = transformOf(visit);
  const isLevel = transform === 'level' || transform === 'index';
  return (
    <>
      <Presets visit={visit} whole={whole} />
      <Chips
        visit={visit}
        label={t.history.view}
        chips={transforms.map((name) => ({
          label: t.history.views[name],
          changes: { view: name === 'level' ? '' : name },
          isCurrent: name === transform,
        }))}
      />
      {transform === 'volatility' && (
        <Chips
          visit={visit}
          label={t.history.window}
          chips={volatilityWindows.map((window) => ({
            label: t.common.quotes(Number(window)),
            changes: { window: window === '63' ? '' : window },
            isCurrent: Number(window) === windowOf(visit),
          }))}
        />
      )}
      <CompareChips visit={visit} />
      {isLevel && (
        <Chips
          visit={visit}
          label={t.history.scale}
          chips={(['linear', 'log'] as const).map((scale) => ({
            label: t.history[scale],
            changes: { scale: scale === 'log' ? 'log' : '' },
            isCurrent: (values['scale'] ?? 'linear') === scale,
          }))}
        />
      )}
    </>
  );
}

interface Chip {
  readonly label: string;
  readonly changes: Readonly<Record<string, string>>;
  readonly isCurrent: boolean;
}

function Chips({ visit, label, chips }: { visit: Visit; label: string; chips: readonly Chip[] }): VNode {
  return (
    <nav class="chips" aria-label={label}>
      <span class="chips-label">{label}</span>
      {chips.map((chip) => (
        <a
          key={chip.label}
          class="chip"
          data-swap
          data-focus={`${label} ${chip.label}`}
          href={visit.here({ page: '', ...chip.changes })}
          aria-current={chip.isCurrent ? 'true' : undefined}
        >
          {chip.label}
        </a>
      ))}
    </nav>
  );
}

function Presets({ visit, whole }: { visit: Visit; whole: Summary }): VNode | null {
  const { t, values } = visit;
  const last = whole.lastDate;
  if (last === null) return null;
  const starts = {
    m1: addMonths(last, -1),
    m6: addMonths(last, -6),
    ytd: `${last.slice(0, 4)}-01-01`,
    y1: addMonths(last, -12),
    y5: addMonths(last, -60),
    y10: addMonths(last, -120),
    all: '',
  };
  const isCurrent = (from: string): boolean => values['to'] === undefined && (values['from'] ?? '') === from;
  return (
    <Chips
      visit={visit}
      label={t.history.range}
      chips={(Object.keys(starts) as (keyof typeof starts)[]).map((key) => ({
        label: t.history.presets[key],
        changes: { from: starts[key], to: '' },
        isCurrent: isCurrent(starts[key]),
      }))}
    />
  );
}

/** Each link puts one thing in or takes it out. */
function CompareChips({ visit }: { visit: Visit }): VNode {
  const { t, metal } = visit;
  const now = comparedOf(visit);
  const toggled = (name: (typeof comparable)[number]): string =>
    comparable.filter((one) => one !== metal && (one === name ? !now.includes(one) : now.includes(one))).join('.');
  return (
    <Chips
      visit={visit}
      label={t.history.compare}
      chips={comparable
        .filter((name) => name !== metal)
        .map((name) => ({
          label: nameOf(name, visit),
          changes: { compare: toggled(name) },
          isCurrent: now.includes(name),
        }))}
    />
  );
}

export function RangeForm({ visit, whole }: { visit: Visit; whole: Summary }): VNode {
  const { t, values } = visit;
  const limits = { min: whole.firstDate ?? undefined, max: whole.lastDate ?? undefined };
  return (
    <form class="form-row" method="get" action="/history">
      <KeptState visit={visit} except={['from', 'to', 'page']} />
      <label>
        {t.common.from} <input type="date" name="from" value={values['from'] ?? whole.firstDate ?? ''} {...limits} />
      </label>
      <label>
        {t.common.to} <input type="date" name="to" value={values['to'] ?? whole.lastDate ?? ''} {...limits} />
      </label>
      <button type="submit">{t.common.show}</button>
    </form>
  );
}
