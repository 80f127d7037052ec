import type { VNode } from 'preact';
import type { Visit } from '../visit.ts';

export interface PageOf<Row> {
  readonly page: number;
  readonly pages: number;
  readonly rows: readonly Row[];
}

/** One page of rows; a page past the end shows the last one. */
export function pageOf<Row>(rows: readonly Row[], wanted: string | undefined, size: number): PageOf<Row> {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(pages, Number(wanted ?? '1'));
  return { page, pages, rows: rows.slice((page - 1) * size, page * size) };
}

export function Pager({ visit, page, pages }: { visit: Visit; page: number; pages: number }): VNode | null {
  if (pages === 1) return null;
  const { t } = visit;
  const to = (number: number): string => `${visit.here({ page: number === 1 ? '' : String(number) })}#rows`;
  return (
    <nav class="pager" aria-label={t.common.page(page, pages)}>
      {page > 1 ? (
        <a class="button" rel="prev" href={to(page - 1)}>
          ← {t.common.previous}
        </a>
      ) : (
        <span />
      )}
      <span>{t.common.page(page, pages)}</span>
      {page < pages ? (
        <a class="button" rel="next" href={to(page + 1)}>
          {t.common.next} →
        </a>
      ) : (
        <span />
      )}
    </nav>
  );
}
