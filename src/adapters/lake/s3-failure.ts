import { PlatformError } from '../../domain/errors.ts';

/** What the SDK's errors carry, as far as it is looked at here. */
interface ServiceFault {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** The fault's name and status; names are S3's own (`NoSuchKey`), or Node's code where no answer came. */
export function faultOf(error: unknown): { name: string; status: number | null; attempts: number } {
  if (!(error instanceof Error)) return { name: 'unknown', status: null, attempts: 1 };
  const { name, code, $metadata } = error as ServiceFault;
  return {
    name: $metadata?.httpStatusCode === undefined ? (code ?? name) : name,
    status: $metadata?.httpStatusCode ?? null,
    attempts: $metadata?.attempts ?? 1,
  };
}

/** A failure of the object store as one of ours, with what was being done and which setting to change. */
export function s3Failure(error: unknown, action: string, bucket: string): PlatformError {
  if (error instanceof PlatformError) return error;
  const { name, status } = faultOf(error);
  const { message, hint } = wordsFor(name, status, bucket);
  return new PlatformError('STORE_UNAVAILABLE', `Could not ${action}: ${message} (${name}).`, {
    cause: error,
    context: { bucket, fault: name, status },
    hint,
  });
}

function wordsFor(name: string, status: number | null, bucket: string): { message: string; hint: string } {
  if (name === 'NoSuchBucket' || (status === 404 && name === 'NotFound')) {
    return { message: `there is no bucket ${bucket}`, hint: 'Create the bucket, or name another one in LAKE_URL.' };
  }
  if (['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken'].includes(name)) {
    return {
      message: 'the store does not accept the credentials',
      hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a pair that the store of LAKE_URL knows.',
    };
  }
  if (name === 'CredentialsProviderError') {
    return { message: 'no credentials are set', hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.' };
  }
  if (status === 403) {
    return {
      message: `these credentials may not do this in the bucket ${bucket}`,
      hint: 'Allow them to list the bucket and to get, put and delete its objects.',
    };
  }
  if (status === 301 || name === 'AuthorizationHeaderMalformed') {
    return { message: 'the bucket is in another region', hint: 'Add ?region=… to LAKE_URL.' };
  }
  if (status === null) {
    return {
      message: 'the store did not answer',
      hint: 'See that the address in LAKE_URL (?endpoint=…) is right and the store is running; then run the same command again.',
    };
  }
  return {
    message: `the store answered ${status}`,
    hint: 'See the log of the store; nothing is half-written, so the same command can be run again.',
  };
}
