import type { Hono } from 'hono';

/** What an application answers, `GET /path` each, as MLflow writes paths: a part that stands for a name in braces. */
export function servedRoutes(app: Hono): string[] {
  const routes = app.routes
    .filter(({ method, path }) => method !== 'ALL' && path !== '/*')
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')}`);
  return [...new Set(routes)].sort();
}
