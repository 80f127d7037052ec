import { type ErrorCode, PlatformError } from '../../domain/errors.ts';

/** A kind of failure: how it is known, and what a person is told. The first that fits counts. */
interface Kind {
  readonly fits: (code: string, message: string) => boolean;
  readonly code: ErrorCode;
  readonly says: string;
  readonly hint: string;
}

const unreachable = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN'],
]);
const brokenConnection = /Connection terminated|timeout exceeded when trying to connect|not queryable/;
const certificate = /certificate|self.signed|does not support SSL|no encryption|no pg_hba.conf entry|SSL off/i;

const kinds: readonly Kind[] = [
  {
    fits: (code) => code === '53100',
    code: 'DISK_FULL',
    says: 'The disk of the warehouse is full',
    hint: 'Free some space on the volume of the database; what was stored before is intact.',
  },
  {
    fits: (code) => code === '57014',
    code: 'TIMEOUT',
    says: 'The warehouse cancelled a statement',
    hint: 'Run it again when the machine is less busy.',
  },
  {
    fits: (code) => code === '42501',
    code: 'FORBIDDEN',
    says: 'The role of DATABASE_URL may not do this in the warehouse',
    hint: 'Give it the rights of assay_app: set DATABASE_OWNER_URL to the owner of the database and run assay migrate.',
  },
  {
    fits: (code, message) => code.startsWith('ERR_TLS') || (code !== '42501' && certificate.test(message)),
    code: 'STORE_UNAVAILABLE',
    says: 'The warehouse and this side do not agree on encryption',
    hint: 'Set sslmode (disable, require, verify-ca, verify-full) and sslrootcert=FILE in DATABASE_URL as the server wants it.',
  },
  {
    fits: (code, message) => code === '08P01' && /startup parameter/.test(message),
    code: 'STORE_UNAVAILABLE',
    says: 'The address in DATABASE_URL is that of a pooler',
    hint: "Set DATABASE_DIRECT_URL to the server's own address, and leave the pooler in DATABASE_URL.",
  },
  {
    fits: (code) => code === '3D000' || code.startsWith('28'),
    code: 'STORE_UNAVAILABLE',
    says: 'The warehouse refused the connection',
    hint: 'Check the database name, user and password in DATABASE_URL, or leave it empty for the embedded one.',
  },
  {
    // 57P: the server is starting or stopping; 08: the connection broke; 53300: all its connections are taken.
    fits: (code, message) => unreachable.has(code) || /^(57P|08)|^53300$/.test(code) || brokenConnection.test(message),
    code: 'STORE_UNAVAILABLE',
    says: 'The warehouse does not answer',
    hint: 'Check that PostgreSQL runs and that DATABASE_URL names it, or leave it empty for the embedded one.',
  },
];

/** Failures of the database as what an operator can act on; bugs in our SQL pass through as they are. */
export function storeFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PlatformError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const kind = kinds.find(({ fits }) => fits(code, error.message));
  if (kind === undefined) return error;
  const detail = error.message === '' ? code : error.message;
  return new PlatformError(kind.code, `${kind.says}: ${detail}`, { cause: error, hint: kind.hint });
}
