import { Hono } from 'hono';

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  wasm: 'application/wasm',
  woff: 'font/woff',
  woff2: 'font/woff2',
};

/** MLflow's own pages: `index.html` at the root, all else below `/static-files`, whose names tell their content. */
export function pages(read: (path: string) => Promise<Uint8Array | null>): Hono {
  const app = new Hono();
  const file = async (path: string, cache: string): Promise<Response> => {
    const bytes = await read(path);
    if (bytes === null) return new Response('Not found', { status: 404 });
    return new Response(new Uint8Array(bytes), {
      headers: {
        'content-type': types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
        'cache-control': cache,
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
      },
    });
  };
  app.get('/', () => file('index.html', 'no-cache'));
  app.get('/static-files/*', (context) =>
    file(new URL(context.req.url).pathname.slice('/static-files/'.length), 'private, max-age=2419200'),
  );
  return app;
}
