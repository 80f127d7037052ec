import { describe, expect, it } from 'vitest';
import { createOpenApi } from '../../../../src/api/openapi.ts';
import { createApiV1 } from '../../../../src/api/v1/app.ts';
import { createSampleApi } from '../../../support/sample-api.ts';

const document = createOpenApi('0.1.0');

describe('the OpenAPI document', () => {
  it('holds every route that is served, and serves every route it holds', () => {
    const app = createApiV1(createSampleApi(), { version: '0.1.0' });
    const served = new Set(
      app.routes
        .filter((route) => route.method !== 'ALL')
        .map((route) => `${route.method.toLowerCase()} ${route.path.replace(/:(\w+)/g, '{$1}')}`),
    );
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    expect(documented.length).toBeGreaterThan(30);
    expect(new Set(documented)).toEqual(served);
  });

  it('points only at components that exist', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(30);
    const components = document.components as Record<string, Record<string, unknown>>;
    for (const [, kind, name] of references) expect(components[kind!]).toHaveProperty(name!);
    expect(JSON.stringify(document)).not.toContain('$defs');
  });

  it('names each operation once, and each path parameter', () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.values(item).map((operation) => ({
        path,
        ...(operation as { operationId: string; parameters?: { name: string; in: string }[] }),
      })),
    );
    expect(new Set(operations.map((one) => one.operationId)).size).toBe(operations.length);
    for (const { path, parameters = [] } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(inPath);
    }
  });

  it('is what the server hands out', async () => {
    const app = createApiV1(createSampleApi(), { version: '0.1.0' });
    expect(await (await app.request('/openapi.json')).json()).toEqual(JSON.parse(JSON.stringify(document)));
  });
});
