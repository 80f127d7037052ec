import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';
import type { PostgresServer } from './postgres-server.ts';

export type StackRole = 'owner' | 'app' | 'bi' | 'mlflow' | 'airflow' | 'superset';

/** The roles and databases of the stack on a server, made as the compose file makes them; passwords are random. */
export function initialiseStack(server: PostgresServer): Readonly<Record<StackRole, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-secrets-'));
  const roles = ['owner', 'app', 'bi', 'mlflow', 'airflow', 'superset'] as const;
  const passwords = Object.fromEntries(roles.map((role) => [role, randomBytes(12).toString('hex')]));
  for (const role of roles) writeFileSync(join(folder, `database_${role}_password`), passwords[role] ?? '');
  const { username, password, hostname, port } = new URL(server.url());
  execFileSync(join(packageRoot, 'deploy', 'postgres', 'init.sh'), {
    env: {
      ...process.env,
      ...{ ASSAY_SECRETS: folder, POSTGRES_USER: username, PGPASSWORD: password, PGHOST: hostname, PGPORT: port },
    },
    stdio: 'pipe',
  });
  const address = (role: StackRole) => {
    const isOurs = ['owner', 'app', 'bi'].includes(role);
    return server.url(isOurs ? 'assay' : role, {
      name: isOurs ? `assay_${role}` : role,
      password: passwords[role] ?? '',
    });
  };
  return Object.fromEntries(roles.map((role) => [role, address(role)])) as Record<StackRole, string>;
}
