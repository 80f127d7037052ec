import type { Context } from 'hono';

/** How a list is cut into pages. Page 1 always holds the newest rows; inside a page the order of the list stays. */
export interface Paging {
  readonly order: 'oldest first' | 'newest first';
  /** Rows of a page at most. */
  readonly most: number;
  /** Rows of a page where nobody says; null: everything on one page. */
  readonly unlessTold: number | null;
}

export interface PageOf {
  readonly data: unknown;
  readonly page: number;
  /** Null where the answer is no list. */
  readonly pages: number | null;
  readonly rows: number;
}

/** The page asked for; an answer that is no list is its own page. */
export function pageOf(paging: Paging | undefined, parameters: unknown, data: unknown): PageOf {
  if (paging === undefined || !Array.isArray(data)) return { data, page: 1, pages: null, rows: 0 };
  const { limit, page = 1 } = parameters as { limit?: number; page?: number };
  const size = limit ?? paging.unlessTold ?? Math.max(1, data.length);
  const [start, end] =
    paging.order === 'newest first'
      ? [(page - 1) * size, page * size]
      : [Math.max(0, data.length - page * size), Math.max(0, data.length - (page - 1) * size)];
  return { data: data.slice(start, end), page, pages: Math.max(1, Math.ceil(data.length / size)), rows: data.length };
}

/** `Link` (RFC 8288) to the pages around, and how many rows there are in all. `next` leads to older rows. */
export function linksOf(context: Context, { page, pages, rows }: PageOf): Record<string, string> {
  if (pages === null) return {};
  const link = (to: number, relation: string): string => {
    const url = new URL(context.req.url);
    url.searchParams.set('page', String(to));
    return `<${url.pathname}${url.search}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(1, 'first'), link(Math.min(page - 1, pages), 'prev')] : []),
    ...(page < pages ? [link(page + 1, 'next'), link(pages, 'last')] : []),
  ];
  return { 'x-total-count': String(rows), ...(links.length > 0 && { link: links.join(', ') }) };
}
