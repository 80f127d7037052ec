import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import { createInstallation } from '../support/installation.ts';

const cache = process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay');
const compose = join(cache, 'bin', 'docker-compose');
const hadolint = join(cache, 'hadolint', 'bin', 'hadolint');
const installer = 'scripts/install-compose.sh has not been run';

interface Service {
  readonly healthcheck?: object;
  readonly restart?: string;
  readonly ports?: readonly { readonly host_ip: string; readonly published: string }[];
  readonly secrets?: readonly { readonly source: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly resources: { readonly limits: { readonly memory: string } } };
  readonly user?: string;
  readonly networks: Readonly<Record<string, unknown>>;
}

describe.skipIf(!existsSync(compose))(
  `compose.yaml as Docker Compose reads it${existsSync(compose) ? '' : ` (skipped: ${installer})`}`,
  () => {
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'assay-deploy-'));
      for (const name of ['compose.yaml', 'Dockerfile', 'deploy'])
        cpSync(join(packageRoot, name), join(folder, name), { recursive: true });
      const installation = createInstallation({});
      const made = await installation.run(['init', '--compose', '--folder', folder]);
      await installation.remove();
      expect(made.exitCode, made.stderr).toBe(0);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function read(profile: string): Readonly<Record<string, Service>> {
      const environment = { ...process.env, COMPOSE_PROFILES: profile };
      const { status, stdout, stderr } = spawnSync(compose, ['config', '--format', 'json'], {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
      expect(stderr).toBe('');
      return JSON.parse(stdout).services;
    }

    it.each([
      ['core', ['8501', '5000']],
      ['full', ['8501', '5000', '8080', '8088']],
    ] as const)('%s: valid, published on loopback alone, limited, started in the order of health', (profile, pages) => {
      const services = read(profile);
      const published = Object.values(services).flatMap(({ ports = [] }) => ports);
      expect(published.every(({ host_ip: host }) => host === '127.0.0.1')).toBe(true);
      expect(new Set(published.map((port) => port.published))).toEqual(new Set(pages));
      for (const [name, service] of Object.entries(services)) {
        expect(service.deploy?.resources.limits.memory, `${name} has no limit`).toMatch(/^\d+$/);
        if (service.ports === undefined && /^(postgres|clickhouse|minio|bucket|migrate)$/.test(name)) {
          expect(Object.keys(service.networks), name).toEqual(['inside']);
        }
        for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
          expect(condition, `${name} after ${other}`).toMatch(/^service_(healthy|completed_successfully)$/);
          if (condition === 'service_healthy') {
            // Ours has its check in the image.
            expect(
              services[other]?.healthcheck ?? other.startsWith('assay'),
              `${other} has no health check`,
            ).toBeTruthy();
          }
        }
      }
    });

    it('core needs nothing of full, and no service sees a secret that it does not use', () => {
      const seen = Object.entries(read('full')).filter(([, { secrets = [] }]) =>
        secrets.some(({ source }) => source === 'database_owner_url'),
      );
      expect(seen.map(([name]) => name)).toEqual(['migrate']);
      expect(Object.keys(read('core')).sort()).toEqual([
        'assay',
        'bucket',
        'clickhouse',
        'migrate',
        'minio',
        'postgres',
      ]);
    });
  },
);

describe.skipIf(!existsSync(hadolint))(`Dockerfile${existsSync(hadolint) ? '' : ` (skipped: ${installer})`}`, () => {
  it('has nothing that hadolint complains of', () => {
    const { status, stdout } = spawnSync(hadolint, [join(packageRoot, 'Dockerfile')], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});
