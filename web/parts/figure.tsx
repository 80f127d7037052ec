import type { ComponentChildren, VNode } from 'preact';
import type { LegendItem } from '../charts/marks.tsx';
import { type ChartModel, TimeChart } from '../charts/time-chart.tsx';
import type { Visit } from '../visit.ts';

export interface FigureProps {
  readonly visit: Visit;
  readonly model: ChartModel;
  /** The same numbers as a table, for readers who do not see the chart; or where on the page that table is. */
  readonly table: ComponentChildren | { readonly href: string };
  /** Address of the chart's picture; its numbers are at the same address with `.json` and `.csv`. */
  readonly svg: string;
  /** Addresses of the data behind the chart; null where there is none. */
  readonly csv: string | null;
  readonly json: string | null;
  /** Address of the widget that shows the same on another site, where there is one. */
  readonly widget?: string | null;
  readonly note?: ComponentChildren;
  /** The page has a range: what is chosen on the chart becomes the range. */
  readonly isRange?: boolean;
  /** Stands between the chart and its note. */
  readonly children?: ComponentChildren;
}

/** A chart with its legend, its twin in a table, its files, and how to show it elsewhere. */
export function Figure(props: FigureProps): VNode {
  const { visit, model, table, svg, note } = props;
  const { t } = visit;
  return (
    <figure class="figure">
      <figcaption>
        <h3>{model.title}</h3>
        <Legend items={model.legend} />
      </figcaption>
      <div
        class="chart-box"
        data-chart={numbersOf(svg, 'json')}
        data-range={props.isRange === true ? '' : undefined}
        data-focus={`chart-${model.id}`}
        data-label={`${model.title}. ${t.figure.keys}`}
      >
        <TimeChart model={model} />
        <p class="readout">{t.figure.reach}</p>
      </div>
      {props.children}
      {note !== undefined && <div class="note">{note}</div>}
      <div class="figure-foot">
        {isLink(table) ? (
          <a class="to-table" href={table.href}>
            {t.common.table} ↓
          </a>
        ) : (
          <details>
            <summary>{t.common.table}</summary>
            {table}
          </details>
        )}
        <Downloads {...props} />
        <Embed visit={visit} model={model} svg={svg} widget={props.widget ?? null} />
        <Cite visit={visit} model={model} />
      </div>
    </figure>
  );
}

function Downloads({ visit, svg, csv, json }: FigureProps): VNode {
  const { t } = visit;
  return (
    <details>
      <summary>{t.common.download}</summary>
      <p class="downloads">
        <span>{t.figure.picture}:</span>
        <a href={svg} download>
          SVG
        </a>
        <button type="button" class="link scripted-only" data-png={svg}>
          PNG
        </button>
        <a href={numbersOf(svg, 'csv')} download>
          CSV
        </a>
      </p>
      {csv !== null && json !== null && (
        <p class="downloads">
          <span>{t.figure.data}:</span>
          <a href={csv} download>
            CSV
          </a>
          <a href={json} download>
            JSON
          </a>
        </p>
      )}
    </details>
  );
}

/** A widget renews itself and says what it is; a chart without one is taken away as its picture. */
function Embed(props: { visit: Visit; model: ChartModel; svg: string; widget: string | null }): VNode {
  const { visit, model, svg, widget } = props;
  const { t, origin } = visit;
  const id = `embed-${model.id}`;
  const frame = `<iframe src="${origin}${widget}" width="640" height="360" title="${model.title}" loading="lazy"></iframe>`;
  const picture = `<a href="${origin}${visit.here({})}"><img src="${origin}${svg}" alt="${model.title}" width="960"></a>`;
  return (
    <details>
      <summary>{t.figure.embed}</summary>
      <p class="note">{widget === null ? t.figure.embedText : t.data.embedsText}</p>
      <p class="snippet">
        <code id={id}>{widget === null ? picture : frame}</code> <CopyButton visit={visit} from={id} />
      </p>
    </details>
  );
}

function Cite({ visit, model }: { visit: Visit; model: ChartModel }): VNode {
  const { t, f, origin, provenance } = visit;
  const id = `cite-${model.id}`;
  const source = provenance.simulated ? `SIMULATED, ${t.state.simulatedTitle}` : t.figure.source;
  const through = provenance.lastEffectiveDate === null ? '' : f.date(provenance.lastEffectiveDate, 'short');
  const seen = f.date(provenance.generatedAt.slice(0, 10), 'short');
  return (
    <details>
      <summary>{t.figure.cite}</summary>
      <p class="snippet">
        <span id={id}>{t.figure.citation(source, model.title, through, `${origin}${visit.here({})}`, seen)}</span>{' '}
        <CopyButton visit={visit} from={id} />
      </p>
    </details>
  );
}

/** Copies the text of an element; only where scripts run. */
export function CopyButton({ visit, from }: { visit: Visit; from: string }): VNode {
  const { t } = visit;
  return (
    <button type="button" class="link scripted-only" data-copy={from} data-done={t.figure.copied}>
      {t.figure.copy}
    </button>
  );
}

/** The address of a widget in the language of the page. */
export function widgetOf({ metal, lang }: Visit, kind: 'history' | 'forecast', range = ''): string {
  return `/embed/${metal}/${kind}?lang=${lang}${range}`;
}

function numbersOf(svg: string, kind: 'json' | 'csv'): string {
  return svg.replace('.svg', `.${kind}`);
}

function isLink(table: FigureProps['table']): table is { readonly href: string } {
  return typeof table === 'object' && table !== null && 'href' in table;
}

function Legend({ items }: { items: readonly LegendItem[] }): VNode | null {
  if (items.length === 0) return null;
  return (
    <ul class="legend">
      {items.map((item) => (
        <li key={item.label}>
          <svg class="swatch" width="22" height="10" aria-hidden="true">
            <line class={`line ${item.swatch}`} x1="1" x2="21" y1="5" y2="5" />
          </svg>
          {item.label}
        </li>
      ))}
    </ul>
  );
}
