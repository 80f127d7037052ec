import type { RequestFields } from './request-fields.ts';

/** Old clients say `run_uuid`. */
export function readRunId(fields: RequestFields): string {
  const runId = fields.text('run_id');
  return runId === '' && fields.has('run_uuid') ? fields.requiredText('run_uuid') : fields.requiredText('run_id');
}
