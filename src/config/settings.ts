import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { PlatformError } from '../domain/errors.ts';
import { nearestName } from '../domain/nearest-name.ts';

/** One setting: how it is written in each place it may come from. */
interface SettingDefinition {
  readonly environment: string;
  readonly secret?: boolean;
  /** Never in the file: it would lie there in plain text. */
  readonly isForEnvironment?: boolean;
  readonly schema: z.ZodType;
  readonly meaning: string;
}

const port = z.coerce.number().int().min(0).max(65_535);
const databaseUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://');
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });

/** The one schema: file key, environment name, rule and meaning of every setting. */
export const settingDefinitions = {
  data: {
    environment: 'ASSAY_DATA',
    schema: z.string().min(1),
    meaning: 'folder of the embedded engines and the lake',
  },
  cbrUrl: {
    environment: 'ASSAY_CBR_URL',
    schema: httpUrl,
    meaning: "address of the Bank of Russia's service, or of a replica",
  },
  lbmaUrl: {
    environment: 'ASSAY_LBMA_URL',
    schema: httpUrl,
    meaning:
      "address of London's gold prices, such as https://prices.lbma.org.uk; their terms are yours to accept (empty: off)",
  },
  moexUrl: {
    environment: 'ASSAY_MOEX_URL',
    schema: httpUrl,
    meaning: 'address of the Moscow Exchange, such as https://iss.moex.com; its terms are yours to accept (empty: off)',
  },
  databaseUrl: {
    environment: 'DATABASE_URL',
    schema: databaseUrl,
    secret: true,
    meaning: 'PostgreSQL server (empty: embedded)',
  },
  databaseDirectUrl: {
    environment: 'DATABASE_DIRECT_URL',
    schema: databaseUrl,
    secret: true,
    meaning: 'the same server without its pooler, where DATABASE_URL is the address of one',
  },
  databaseOwnerUrl: {
    environment: 'DATABASE_OWNER_URL',
    schema: databaseUrl,
    secret: true,
    isForEnvironment: true,
    meaning: 'the same server as the owner of the schema, for assay migrate alone',
  },
  clickhouseUrl: {
    environment: 'CLICKHOUSE_URL',
    schema: httpUrl,
    secret: true,
    meaning: 'ClickHouse server with user and password (empty: embedded)',
  },
  clickhouseCluster: {
    environment: 'CLICKHOUSE_CLUSTER',
    schema: z.string().regex(/^[\w.-]{1,64}$/, 'must be the name of a cluster'),
    meaning: 'cluster of that server: tables are made on all its nodes, replicated (empty: the server alone)',
  },
  lakeUrl: {
    environment: 'LAKE_URL',
    schema: z.string().regex(/^(?:file:|s3:\/\/)/, 'must be a file: address or s3://bucket/prefix'),
    meaning: 'where the lake is kept (empty: in the data folder)',
  },
  trackingUrl: {
    environment: 'MLFLOW_TRACKING_URI',
    schema: httpUrl,
    secret: true,
    meaning: 'MLflow server (empty: our own)',
  },
  host: { environment: 'ASSAY_HOST', schema: z.string().min(1), meaning: 'address to listen on' },
  port: { environment: 'ASSAY_PORT', schema: port, meaning: 'port of the dashboard and the API (0: any free one)' },
  trackingPort: { environment: 'ASSAY_TRACKING_PORT', schema: port, meaning: 'port of the tracking server' },
  postgresPort: { environment: 'ASSAY_POSTGRES_PORT', schema: port, meaning: 'port of the embedded PostgreSQL' },
  olapPort: { environment: 'ASSAY_OLAP_PORT', schema: port, meaning: 'port of the embedded ClickHouse endpoint' },
  token: {
    environment: 'ASSAY_TOKEN',
    schema: z.string().min(16, 'must have at least 16 characters'),
    secret: true,
    isForEnvironment: true,
    meaning: 'token that every request must carry; needed to listen beyond loopback',
  },
  alertSecret: {
    environment: 'ASSAY_ALERT_SECRET',
    schema: z.string().min(16, 'must have at least 16 characters'),
    secret: true,
    isForEnvironment: true,
    meaning: 'secret that signs the messages to webhooks; without it they are not sent',
  },
  telegramUrl: {
    environment: 'ASSAY_TELEGRAM_URL',
    schema: httpUrl,
    secret: true,
    isForEnvironment: true,
    meaning: 'address of a Telegram bot with its token, https://api.telegram.org/bot<token>; none: no messages there',
  },
  smtpUrl: {
    environment: 'ASSAY_SMTP_URL',
    schema: z.string().regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://'),
    secret: true,
    isForEnvironment: true,
    meaning: 'mail server with user and password, smtps://user:password@host:465; none: no e-mail',
  },
  alertFrom: {
    environment: 'ASSAY_ALERT_FROM',
    schema: z.string().min(3),
    meaning: 'sender of e-mail, such as Assay <assay@example.org>',
  },
  scheduler: {
    environment: 'ASSAY_SCHEDULER',
    schema: z.enum(['assay', 'none']),
    meaning: 'who starts flows by the clock: assay, or none of us where another scheduler such as Airflow does',
  },
  threads: {
    environment: 'ASSAY_THREADS',
    schema: z.coerce.number().int().min(0).max(1024),
    meaning: 'threads that compute at most (0: as many as the machine has cores)',
  },
  lang: {
    environment: 'ASSAY_LANG',
    schema: z.enum(['ru', 'en']),
    meaning: 'language of the pages where the browser names none',
  },
  now: {
    environment: 'ASSAY_NOW',
    schema: z.iso.datetime({ error: 'must be an instant such as 2025-06-27T15:00:00Z' }),
    meaning: 'stops the clock at an instant, for replays and tests',
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof settingDefinitions;
export type SettingOrigin = 'default' | 'file' | 'environment' | 'flag';

/** The configuration: parsed once, frozen. null means embedded, or not set. */
export interface Settings {
  readonly data: string;
  readonly cbrUrl: string;
  readonly lbmaUrl: string | null;
  readonly moexUrl: string | null;
  readonly databaseUrl: string | null;
  readonly databaseDirectUrl: string | null;
  readonly databaseOwnerUrl: string | null;
  readonly clickhouseUrl: string | null;
  readonly clickhouseCluster: string | null;
  readonly lakeUrl: string | null;
  readonly trackingUrl: string | null;
  readonly host: string;
  readonly port: number;
  readonly trackingPort: number;
  readonly postgresPort: number;
  readonly olapPort: number;
  readonly token: string | null;
  readonly alertSecret: string | null;
  readonly telegramUrl: string | null;
  readonly smtpUrl: string | null;
  readonly alertFrom: string | null;
  readonly scheduler: 'assay' | 'none';
  readonly threads: number;
  readonly lang: 'ru' | 'en';
  readonly now: string | null;
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** Where each value came from. */
  readonly origins: Readonly<Record<SettingName, SettingOrigin>>;
  readonly file: string | null;
}

const defaults: Settings = {
  data: '.assay',
  cbrUrl: 'https://www.cbr.ru',
  lbmaUrl: null,
  moexUrl: null,
  databaseUrl: null,
  databaseDirectUrl: null,
  databaseOwnerUrl: null,
  clickhouseUrl: null,
  clickhouseCluster: null,
  lakeUrl: null,
  trackingUrl: null,
  host: '127.0.0.1',
  port: 8501,
  trackingPort: 5000,
  postgresPort: 5433,
  olapPort: 8123,
  token: null,
  alertSecret: null,
  telegramUrl: null,
  smtpUrl: null,
  alertFrom: null,
  scheduler: 'assay',
  threads: 0,
  lang: 'ru',
  now: null,
};

/** Environment names of ours that are not settings of the product but of its tests and scripts. */
const reservedEnvironment = /^ASSAY_(TEST_|CACHE$|CHILD$|BENCH_)/;

const names = Object.keys(settingDefinitions) as SettingName[];
const loopbackHosts = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Reads the settings: file < environment < flag. Throws CONFIG_INVALID naming the key, the value (unless secret),
 * the rule, and the nearest known name for an unknown key.
 */
export function loadSettings(request: {
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: Partial<Record<SettingName, string>>;
  readonly configFile?: string | undefined;
}): LoadedSettings {
  const file = findFile(request.workingFolder, request.configFile);
  const layers: [SettingOrigin, Partial<Record<SettingName, unknown>>][] = [
    ['file', file === null ? {} : readFile(file)],
    ['environment', fromEnvironment(request.environment)],
    ['flag', request.flags],
  ];
  const values: Record<string, unknown> = { ...defaults };
  const origins = Object.fromEntries(names.map((name) => [name, 'default'])) as Record<SettingName, SettingOrigin>;
  for (const [origin, layer] of layers) {
    for (const name of names) {
      const text = layer[name];
      if (text === undefined || text === '') continue;
      values[name] = parseSetting(name, text, origin);
      origins[name] = origin;
    }
  }
  values['data'] = resolve(request.workingFolder, values['data'] as string);
  const settings = Object.freeze(values) as unknown as Settings;
  refuseOpenHost(settings);
  return { settings, origins, file };
}

function findFile(workingFolder: string, named: string | undefined): string | null {
  const path = resolve(workingFolder, named ?? 'assay.json');
  if (existsSync(path)) return path;
  if (named === undefined) return null;
  throw new PlatformError('CONFIG_INVALID', `There is no configuration file ${path}.`, {
    context: { path },
    hint: 'Check the path given with --config.',
  });
}

function readFile(path: string): Partial<Record<SettingName, unknown>> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new PlatformError('CONFIG_INVALID', `${path} cannot be read as JSON: ${(cause as Error).message}`, { cause });
  }
  const shape = z.record(z.string(), z.union([z.string(), z.number()])).safeParse(content);
  if (!shape.success) {
    throw new PlatformError('CONFIG_INVALID', `${path} must hold one object of texts and numbers.`);
  }
  for (const key of Object.keys(shape.data)) {
    if (!names.includes(key as SettingName)) refuseUnknown(key, path, names);
    const definition: SettingDefinition = settingDefinitions[key as SettingName];
    if (definition.isForEnvironment) {
      throw new PlatformError('CONFIG_INVALID', `${path} holds the secret "${key}", in plain text.`, {
        hint: `Secrets come by the environment only: set ${definition.environment} and remove the key.`,
      });
    }
  }
  return shape.data;
}

function fromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Partial<Record<SettingName, unknown>> {
  const secrets = names.filter((name) => (settingDefinitions[name] as SettingDefinition).secret);
  const files = secrets.map((name) => `${settingDefinitions[name].environment}_FILE`);
  const known = [...names.map((name) => settingDefinitions[name].environment as string), ...files];
  for (const key of Object.keys(environment)) {
    if (key.startsWith('ASSAY_') && !known.includes(key) && !reservedEnvironment.test(key)) {
      refuseUnknown(key, 'the environment', known);
    }
  }
  return Object.fromEntries(
    names.map((name) => {
      const { environment: variable, secret }: SettingDefinition = settingDefinitions[name];
      return [name, environment[variable] || (secret ? secretFromFile(`${variable}_FILE`, environment) : undefined)];
    }),
  );
}

/** A secret may stand in a file that the environment names, as containers are given theirs. */
function secretFromFile(
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const path = environment[variable];
  if (path === undefined || path === '') return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new PlatformError('CONFIG_INVALID', `${variable} names ${path}, which cannot be read.`, {
      cause,
      context: { variable, path },
      hint: 'Check the path and the rights of the file.',
    });
  }
}

function refuseUnknown(key: string, place: string, known: readonly string[]): never {
  const nearest = nearestName(key, known);
  throw new PlatformError('CONFIG_INVALID', `"${key}" in ${place} is not a setting of Assay.`, {
    context: { key },
    hint: nearest === null ? `Known names: ${known.join(', ')}.` : `Did you mean ${nearest}?`,
  });
}

/** The value of a setting, checked by its rule; throws CONFIG_INVALID. */
export function checkSetting(name: SettingName, text: string): unknown {
  return parseSetting(name, text, 'flag');
}

function parseSetting(name: SettingName, text: unknown, origin: SettingOrigin): unknown {
  const definition: SettingDefinition = settingDefinitions[name];
  const parsed = definition.schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const shown = definition.secret ? 'its value' : `"${String(text)}"`;
  const rule = parsed.error.issues.map((issue) => issue.message).join('; ');
  throw new PlatformError('CONFIG_INVALID', `${definition.environment} (${origin}): ${shown} is refused: ${rule}.`, {
    context: { name, origin },
    hint: `${definition.environment} is the ${definition.meaning}.`,
  });
}

/** Beyond loopback anyone on the network could read and change things, so a token must stand in front. */
function refuseOpenHost(settings: Settings): void {
  if (loopbackHosts.has(settings.host) || settings.token !== null) return;
  throw new PlatformError('CONFIG_INVALID', `ASSAY_HOST is ${settings.host}, which other machines can reach.`, {
    context: { host: settings.host },
    hint: 'Set ASSAY_TOKEN to a secret of at least 16 characters, or leave ASSAY_HOST at 127.0.0.1.',
  });
}

/** Folders inside the data folder; simulated data lives in a folder of its own and never meets the real. */
export function dataFolders(settings: Pick<Settings, 'data'>, simulated: boolean) {
  const root = simulated ? join(settings.data, 'simulated') : settings.data;
  return {
    root,
    postgres: join(root, 'postgres'),
    olap: join(root, 'olap'),
    lake: join(root, 'lake'),
    run: join(root, 'run'),
  };
}

/** A secret address with its password hidden, for people and logs. */
export function hideSecret(name: SettingName, value: string | number | null): string {
  if (value === null) return '';
  const definition: SettingDefinition = settingDefinitions[name];
  if (!definition.secret) return String(value);
  if (name === 'token' || name === 'alertSecret') return '********';
  if (name === 'telegramUrl') return `${new URL(String(value)).origin}/********`;
  return String(value).replace(/:\/\/([^:@/]*):[^@/]*@/, '://$1:********@');
}
