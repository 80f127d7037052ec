import type { OpenApiDocument } from './openapi.ts';
import type { ReadRequest, RequestParameter } from './request-contract.ts';

/** Every GET of an OpenAPI document, each once: the suffixes of a path are its formats. */
export function readRequests(document: OpenApiDocument): ReadRequest[] {
  const requests = new Map<string, ReadRequest>();
  for (const [whole, { get }] of Object.entries(document.paths)) {
    if (get === undefined) continue;
    const [, path = whole, suffix] = /^(.*?)(?:\.([a-z]+))?$/.exec(whole) ?? [];
    const found = requests.get(path);
    const parameters = (get['parameters'] ?? []) as readonly Described[];
    requests.set(path, {
      path,
      // Without the remark about the file, which is told by the format.
      summary: found?.summary ?? String(get['summary']).replace(/ \([^()]*\)$/, ''),
      isPlain: found?.isPlain === true || suffix === undefined,
      formats: [...(found?.formats ?? []), ...(suffix === undefined ? [] : [suffix])],
      parameters: found?.parameters ?? parameters.map((one) => parameterOf(one, document)),
    });
  }
  return [...requests.values()];
}

interface Described {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Shape;
}

interface Shape {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

function parameterOf({ name, in: place, required, description, schema }: Described, document: OpenApiDocument) {
  const schemas = document.components['schemas'] as Readonly<Record<string, Shape>>;
  const shape = schema.$ref === undefined ? schema : (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? schema);
  return {
    name,
    isInPath: place === 'path',
    isRequired: required,
    kind: kindOf(shape),
    choices: shape.enum ?? [],
    least: shape.minimum ?? null,
    most: shape.maximum ?? null,
    description: description ?? null,
  } satisfies RequestParameter;
}

function kindOf({ type, format, enum: choices }: Shape): RequestParameter['kind'] {
  if (choices !== undefined) return 'choice';
  if (type === 'integer') return 'whole';
  return format === 'date' ? 'day' : 'text';
}
