import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { createDashboard } from '../../web/server.tsx';
import { packageRoot } from '../config/package-root.ts';
import { PlatformError } from '../domain/errors.ts';
import type { AssayApi } from './contract.ts';
import { createFormTokens, type FormTokenOptions } from './form-tokens.ts';
import { type GuardOptions, guard } from './guard.ts';
import { createOpenApi } from './openapi.ts';
import { problemOf } from './problem.ts';
import { readRequests } from './read-requests.ts';
import { createApiV1 } from './v1/app.ts';

export interface WebAppOptions extends FormTokenOptions {
  readonly api: AssayApi;
  readonly guardOptions: GuardOptions;
  readonly version: string;
  /** Of visitors who ask for no language that the pages speak; Russian unless told. */
  readonly defaultLang?: 'ru' | 'en';
  /**
   * The built script of the pages, with the code of charts beside it; `dist/web/client/live.js` of the package unless
   * told. Pages work without it.
   */
  readonly clientScriptPath?: string;
  readonly heartbeatMs?: number;
  /** Told of every error that is not a PlatformError: those are bugs. */
  readonly onBug?: (error: unknown) => void;
}

/** Everything served on the dashboard's port: the guard, then /assets, /api/v1 and the pages. */
export function createWebApp(options: WebAppOptions): Hono {
  const { api, guardOptions, version, onBug } = options;
  const app = new Hono();
  app.use(guard({ publicPaths: ['/api/v1/health'], ...guardOptions }));
  // Before the compressor: the API packs an answer once and keeps it packed.
  app.route(
    '/api/v1',
    createApiV1(api, {
      version,
      ...(options.heartbeatMs !== undefined && { heartbeatMs: options.heartbeatMs }),
      ...(onBug !== undefined && { onBug }),
    }),
  );
  app.use(compress());
  const style = readAsset('app.css', 'text/css; charset=utf-8', styleFiles.map(styleText).join('\n'));
  const scriptPath = options.clientScriptPath ?? join(packageRoot, 'dist', 'web', 'client', 'live.js');
  const script = readScript('live.js', scriptPath);
  const charts = readScript('chart.js', join(dirname(scriptPath), 'chart.js'));
  for (const asset of [style, script, charts]) {
    if (asset === null) continue;
    app.get(`/assets/${asset.name}`, (context) => sendAsset(context, asset));
  }
  const dashboard = createDashboard({
    api,
    version,
    defaultLang: options.defaultLang ?? 'ru',
    problemOf,
    forms: { cookie: 'assay_form', tokens: createFormTokens(options) },
    style: { address: style.address, text: style.text },
    script: script?.address ?? null,
    chartScript: charts?.address ?? null,
    requests: readRequests(createOpenApi(version)),
    onError: (error) => {
      if (!(error instanceof PlatformError)) onBug?.(error);
    },
  });
  app.mount('/', dashboard.fetch);
  return app;
}

function readScript(name: string, path: string): Asset | null {
  return existsSync(path) ? readAsset(name, 'text/javascript; charset=utf-8', readFileSync(path, 'utf8')) : null;
}

const styleFiles = ['base.css', 'parts.css', 'charts.css', 'data.css', 'embed.css', 'print.css', 'report.css'];

/** Without comments and indents: it is sent with every page. */
function styleText(file: string): string {
  const text = readFileSync(join(packageRoot, 'web', 'assets', file), 'utf8');
  return text.replace(/\/\*.*?\*\//gs, '').replace(/\s*\n\s*/g, '\n');
}

interface Asset {
  readonly name: string;
  readonly type: string;
  readonly text: string;
  readonly hash: string;
  /** With the hash of the content, so that a browser may keep it for ever. */
  readonly address: string;
}

function readAsset(name: string, type: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return { name, type, text, hash, address: `/assets/${name}?v=${hash}` };
}

function sendAsset(context: Context, asset: Asset): Response {
  const etag = `"${asset.hash}"`;
  const headers = {
    etag,
    'content-type': asset.type,
    'x-content-type-options': 'nosniff',
    'cache-control': context.req.query('v') === asset.hash ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  return context.req.header('if-none-match') === etag
    ? new Response(null, { status: 304, headers })
    : new Response(asset.text, { headers });
}
