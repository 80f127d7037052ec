const maxPages = 16;

/** Rendered bodies under their requests, valid for one state of the replica. */
export interface PageCache {
  page(key: string, render: () => Uint8Array): Uint8Array;
}

export function createPageCache(): PageCache {
  const pages = new Map<string, Uint8Array>();
  return {
    page(key, render) {
      const page = pages.get(key) ?? render();
      pages.delete(key);
      pages.set(key, page);
      const oldest = pages.keys().next().value;
      if (pages.size > maxPages && oldest !== undefined) pages.delete(oldest);
      return page;
    },
  };
}
