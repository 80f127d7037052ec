import type { ComponentChildren, VNode } from 'preact';
import type { LegendItem } from '../charts/marks.tsx';
import { type ChartModel, TimeChart } from '../charts/time-chart.tsx';
import type { Visit } from '../visit.ts';

export interface FigureProps {
  readonly visit: Visit;
  readonly model: ChartModel;
  /** The same numbers as a table, for readers who do not see the chart; or where on the page that table is. */
  readonly table: ComponentChildren | { readonly href: string };
  /** Addresses of the files; null where there is none. */
  readonly svg: string;
  readonly csv: string | null;
  readonly json: string | null;
  readonly note?: string | undefined;
}

/** A chart with its legend, its twin in a table, and its files. */
export function Figure({ visit, model, table, svg, csv, json, note }: FigureProps): VNode {
  const { t } = visit;
  return (
    <figure class="figure">
      <figcaption>
        <h3>{model.title}</h3>
        <Legend items={model.legend} />
      </figcaption>
      <TimeChart model={model} />
      {note !== undefined && <p class="note">{note}</p>}
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
        <p class="downloads">
          <span>{t.common.download}:</span>
          <a href={svg} download>
            SVG
          </a>
          {csv !== null && (
            <a href={csv} download>
              CSV
            </a>
          )}
          {json !== null && (
            <a href={json} download>
              JSON
            </a>
          )}
        </p>
      </div>
    </figure>
  );
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
