import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMlflowApi } from '../../../../src/api/mlflow/app.ts';
import { servedRoutes } from '../../../../src/api/mlflow/served-routes.ts';
import { packageRoot } from '../../../../src/config/package-root.ts';
import type { Lake } from '../../../../src/ports/lake.ts';
import type { TrackingStore } from '../../../../src/ports/tracking-store.ts';

const table = readFileSync(join(packageRoot, 'docs', 'guide', 'mlflow-compatibility.md'), 'utf8');
const rows = [...table.matchAll(/^\| `(\w+ [^`]+)` \| (yes)? *\| (yes)? *\| (yes|no) \| ([^|]*) \|$/gm)].map(
  ([, endpoint = '', three, two, served, reason = '']) => ({ endpoint, three, two, served, reason: reason.trim() }),
);

describe('the table of endpoints', () => {
  const app = createMlflowApi({ store: {} as TrackingStore, lake: {} as Lake, pages: async () => null });
  const served = servedRoutes(app).map(withoutNames);

  it('says of each endpoint what the server does, and why when it is not served', () => {
    expect(rows.length).toBeGreaterThan(400);
    const wrong = rows.filter(
      ({ endpoint, served: said }) => (said === 'yes') !== served.includes(withoutNames(endpoint)),
    );
    expect(wrong).toEqual([]);
    expect(rows.filter(({ served: said, reason }) => said === 'no' && reason === '')).toEqual([]);
  });

  it('has every route of the server but those for parts of an upload', () => {
    const known = new Set(rows.map(({ endpoint }) => withoutNames(endpoint)));
    expect(served.filter((route) => !known.has(route) && !route.includes('/mpu/part/'))).toEqual([]);
  });

  it('counts right', () => {
    for (const [index, release] of (['three', 'two'] as const).entries()) {
      const of = rows.filter((row) => row[release] === 'yes');
      const count = of.filter((row) => row.served === 'yes').length;
      const line = new RegExp(
        `^\\| ${3 - index}\\.[\\d.]+ \\| ${of.length} \\| ${count} \\| ${of.length - count} \\|$`,
        'm',
      );
      expect(table).toMatch(line);
    }
  });
});

function withoutNames(endpoint: string): string {
  return endpoint.replace(/\{[^}]*\}/g, '{}');
}
