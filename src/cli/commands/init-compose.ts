import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { packageVersion } from '../../config/package-root.ts';
import { PlatformError } from '../../domain/errors.ts';
import { type CommandContext, usage } from '../command-context.ts';
import type { Options } from '../define-command.ts';
import { printJson, printLine, say } from '../output.ts';

/**
 * Writes what compose.yaml needs beside it: a random secret in a file for each, and .env. Whatever is there stays, so
 * that a second run adds what a new version wants and changes no password that a server already has.
 */
export async function initCompose(context: CommandContext, options: Options): Promise<void> {
  const folder = resolve(typeof options['folder'] === 'string' ? options['folder'] : '.');
  if (!existsSync(join(folder, 'compose.yaml'))) {
    throw usage(`There is no compose.yaml in ${folder}.`, 'Go to the folder that holds it, or name it with --folder.');
  }
  const profile = options['profile'] === 'core' ? 'core' : 'full';
  const written = [...(await writeSecrets(join(folder, 'secrets'))), ...(await writeEnvironment(folder, profile))];
  if (context.json) {
    printJson(context.terminal, { folder, written });
    return;
  }
  for (const path of written) printLine(context.terminal, path);
  say(
    context.terminal,
    written.length === 0
      ? 'Everything was there already, and stays as it was.'
      : 'The dashboard asks for the password in secrets/assay_token, Superset (admin) in secrets/superset_admin_password, Airflow (admin) in secrets/airflow_passwords.',
  );
  say(context.terminal, 'Next: docker compose up -d');
}

type Make = (have: (name: string) => string) => string;

const word: Make = () => randomBytes(24).toString('base64url');
const databaseUrlOf =
  (scheme: string, role: string, secret: string, database: string): Make =>
  (have) =>
    `${scheme}://${role}:${have(secret)}@postgres:5432/${database}`;

/** Every secret by its file's name, each after those that it is made of. */
export const composeSecrets: Readonly<Record<string, Make>> = {
  assay_token: word,
  database_superuser_password: word,
  database_owner_password: word,
  database_app_password: word,
  database_bi_password: word,
  database_mlflow_password: word,
  database_airflow_password: word,
  database_superset_password: word,
  database_url: databaseUrlOf('postgres', 'assay_app', 'database_app_password', 'assay'),
  database_owner_url: databaseUrlOf('postgres', 'assay_owner', 'database_owner_password', 'assay'),
  clickhouse_app_password: word,
  clickhouse_bi_password: word,
  clickhouse_url: (have) => `http://assay_app:${have('clickhouse_app_password')}@clickhouse:8123/assay`,
  clickhouse_passwords: (have) =>
    `<clickhouse><assay_app_sha256>${sha256(have('clickhouse_app_password'))}</assay_app_sha256><assay_bi_sha256>${sha256(have('clickhouse_bi_password'))}</assay_bi_sha256></clickhouse>`,
  s3_root_user: () => `root-${randomBytes(6).toString('hex')}`,
  s3_root_password: word,
  s3_app_user: () => `assay-${randomBytes(6).toString('hex')}`,
  s3_app_password: word,
  s3_credentials: (have) =>
    `[default]\naws_access_key_id = ${have('s3_app_user')}\naws_secret_access_key = ${have('s3_app_password')}`,
  mlflow_database_url: databaseUrlOf('postgresql+psycopg2', 'mlflow', 'database_mlflow_password', 'mlflow'),
  superset_secret_key: () => randomBytes(42).toString('base64url'),
  superset_admin_password: word,
  superset_database_url: databaseUrlOf('postgresql+psycopg2', 'superset', 'database_superset_password', 'superset'),
  airflow_database_url: databaseUrlOf('postgresql+psycopg2', 'airflow', 'database_airflow_password', 'airflow'),
  // Fernet wants 32 bytes in the alphabet of URLs, with the padding.
  airflow_fernet_key: () => randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  airflow_jwt_secret: word,
  airflow_api_secret: word,
  airflow_passwords: () => JSON.stringify({ admin: randomBytes(18).toString('base64url') }),
};

/** The folder is closed to everybody else; its files can be read by whom a container runs as. */
async function writeSecrets(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const kept = new Set(await readdir(folder));
  const values = new Map<string, string>();
  const written: string[] = [];
  for (const [name, make] of Object.entries(composeSecrets)) {
    const path = join(folder, name);
    if (kept.has(name)) {
      values.set(name, (await readFile(path, 'utf8')).trim());
      continue;
    }
    const value = make((other) => values.get(other) ?? missing(other));
    // Without an end of line: Airflow takes what a command prints to the letter.
    await writeFile(path, value, { mode: 0o444, flag: 'wx' });
    values.set(name, value);
    written.push(path);
  }
  return written;
}

function missing(name: string): never {
  throw new PlatformError('NOT_FOUND', `The secret ${name} is not there.`, { hint: 'Run: assay init --compose' });
}

async function writeEnvironment(folder: string, profile: string): Promise<string[]> {
  const path = join(folder, '.env');
  if (existsSync(path)) return [];
  const lines = [
    '# Read by docker compose. Secrets are in the folder secrets, each in a file.',
    `COMPOSE_PROFILES=${profile}`,
    `ASSAY_VERSION=${packageVersion}`,
    'ASSAY_LANG=ru',
  ];
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
  return [path];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
