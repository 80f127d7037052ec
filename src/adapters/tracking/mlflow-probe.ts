import { PlatformError } from '../../domain/errors.ts';
import { createMlflowRest } from './mlflow-rest.ts';

/** Aliases of model versions came with it. */
const oldest = [2, 3] as const;

/** Throws, naming the setting to change, where a tracking server cannot be used: absent, closed to us, or too old. */
export async function probeMlflow(url: string): Promise<void> {
  const rest = createMlflowRest({ url, timeoutMs: 10_000 });
  const version = Buffer.from(await rest.download('/version'))
    .toString('utf8')
    .trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (!(major > oldest[0] || (major === oldest[0] && minor >= oldest[1]))) {
    throw new PlatformError('STORE_UNAVAILABLE', `The tracking server is MLflow "${version.slice(0, 40)}": too old.`, {
      context: { version: version.slice(0, 40) },
      hint: `Use MLflow ${oldest.join('.')} or newer at MLFLOW_TRACKING_URI, or leave that empty for the embedded server.`,
    });
  }
  await rest.call({ method: 'POST', path: '/api/2.0/mlflow/experiments/search', body: { max_results: 1 } });
}
