import type { Context } from 'hono';
import type { z } from 'zod';
import { PlatformError } from '../../domain/errors.ts';
import { metalSchema } from '../contract.ts';
import { refuseParameter } from '../problem.ts';

const largestBodyBytes = 64 * 1024;

/** Path and query against a route's schema; what is unknown, repeated or wrong is refused by name. */
export function parseParameters(schema: z.ZodObject, context: Context): unknown {
  // Without a prototype: `?__proto__=` is an unknown parameter like any other.
  const given = Object.create(null) as Record<string, string>;
  const query = new URL(context.req.url).searchParams;
  for (const [name, value] of query) {
    if (name in given) throw refuseParameter(name, query.getAll(name).join(', '), 'given once');
    given[name] = value;
  }
  for (const [name, value] of Object.entries(context.req.param() as Record<string, string>)) {
    if (name in given) {
      throw refuseParameter(name, given[name] ?? '', 'given in the path, not in the query');
    }
    given[name] = value;
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw refusalOf(parsed.error, given, Object.keys(schema.shape));
  return parsed.data;
}

/** A body against its schema, refused as parameters are. */
export async function readBody<Schema extends z.ZodObject>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) throw refuseParameter('Content-Type', type, 'application/json');
  const [unknown] = new URL(context.req.url).searchParams;
  if (unknown !== undefined) throw refuseParameter(unknown[0], unknown[1], 'no query parameters here');
  const text = await context.req.text();
  if (text.length > largestBodyBytes) {
    throw refuseParameter('body', `${text.length} characters`, `at most ${largestBodyBytes}`);
  }
  const body = parseJson(text);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  throw refusalOf(parsed.error, given, Object.keys(schema.shape));
}

/** The metal of the path. */
export function metalOf(context: Context): z.output<typeof metalSchema> {
  const given = context.req.param('metal') ?? '';
  const parsed = metalSchema.safeParse(given);
  if (!parsed.success) throw refuseParameter('metal', given, `one of ${metalSchema.options.join(', ')}`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlatformError('INPUT_INVALID', 'The body is not JSON.', {
      cause,
      context: { parameter: 'body', value: text.slice(0, 100), allowed: 'a JSON object' },
    });
  }
}

function refusalOf(error: z.ZodError, given: Readonly<Record<string, unknown>>, names: readonly string[]): Error {
  const issue = error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const allowed = names.length === 0 ? 'no parameters here' : `one of ${names.join(', ')}`;
    return refuseParameter(key, printed(given[key]), allowed);
  }
  const name = issue?.path.map(String).join('.') || 'body';
  return refuseParameter(name, printed(given[String(issue?.path[0] ?? '')]), allowedBy(issue));
}

function printed(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function allowedBy(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  if (issue?.code === 'invalid_format' && issue.format === 'date') {
    return 'a day that exists, as YYYY-MM-DD, for example 2025-06-28';
  }
  return issue?.message ?? 'another value';
}
