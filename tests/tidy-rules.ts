import { posix } from 'node:path';
import { parseSync } from '@swc/core';

/** One file as the rules see it: its path from the root of the repository, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const longestFunction = 70;
export const longestFile = 400;

/** Where the clock, randomness and the environment come in as parameters. */
const belowCompose = /^(src\/(domain|stats|models|backtest|ports|flows|adapters|api)|web)\//;
const product = /^(src|web)\//;
/** The web part cannot reach the domain's errors: it knows only the contract. */
const ours = /^src\//;
const code = /^(src|web|scripts|tests|examples)\/.*\.(ts|tsx|mjs)$/;
const vagueName = /(^|[-._])(utils?|helpers?|common|managers?)([-._]|$)/i;
const plainName = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
/** SQL files are named after their table or check; Python has its own habit; golden inputs keep the names they came with. */
const otherHabit = /^sql\/([a-z]+\/)+[a-z0-9_-]+\.sql$|\.py$|^tests\/golden\//;
const conventionalName = /^(README|CHANGELOG|CONTRIBUTING|LICENSE|MLmodel|Dockerfile)/;

/** Each rule gives one line for each thing amiss in a file, and nothing for a tidy one. */
export const rules: Readonly<Record<string, (file: SourceFile) => string[]>> = {
  'functions are short': (file) =>
    functionsIn(file)
      .filter((found) => found.lines > longestFunction)
      .map((found) => `line ${found.line}: a function of ${found.lines} lines`),

  'files are short': ({ path, text }) => {
    const lines = text.split('\n').length - 1;
    const counts = code.test(path) && !text.startsWith('// @generated') && lines > longestFile;
    return counts ? [`${lines} lines`] : [];
  },

  'names say something': ({ path }) =>
    path
      .split('/')
      .filter((part) => vagueName.test(part))
      .map((part) => `"${part}"`),

  'names are in kebab case': ({ path }) =>
    /^(src|web|scripts|tests|sql|docs)\//.test(path) && !otherHabit.test(path)
      ? path.split('/').filter((part) => !plainName.test(part) && !conventionalName.test(part))
      : [],

  'errors have a code': (file) => nodesOf(file, ours).filter(throwsBareError).map(at(file, 'throw new Error')),

  'no failure is swallowed': (file) => nodesOf(file, code).filter(swallows).map(at(file, 'an empty catch')),

  'nothing is left to do': ({ path, text }) =>
    /^(src|web|sql)\//.test(path) ? lineMatches(text, /\b(TODO|FIXME|XXX|HACK)\b/) : [],

  'clock, chance and environment come in as parameters': (file) =>
    nodesOf(file, belowCompose).flatMap((node) => {
      const source = ambientSource(node);
      return source === null ? [] : [at(file, source)(node)];
    }),

  'types are imported by name': (file) =>
    nodesOf(file, product)
      .filter((node) => node.type === 'TsImportType')
      .map(at(file, 'import() in a type, which the walls cannot see')),

  // The walls cannot see into what is built, and in a fresh clone there is nothing yet.
  'what is built is imported only when it runs': ({ path, text }) =>
    code.test(path) ? lineMatches(text, /^(import|export)\b.*\bfrom '[^']*\/dist\//) : [],

  'SQL says what it is': ({ path, text }) => {
    if (!/^sql\/.*\.sql$/.test(path)) return [];
    const header = text.slice(0, text.search(/^(?!--|\s*$)/m) >>> 0);
    const needed = /\/(ods|dm)\//.test(path) ? ['purpose', 'kind', 'inputs'] : ['purpose'];
    return needed.filter((field) => !new RegExp(`^--\\s*${field}:\\s*\\S`, 'im').test(header)).map((f) => `no "${f}:"`);
  },

  'no path of one machine': ({ text }) => lineMatches(text, /(^|[\s"'`(=])\/(work|Users|home\/[a-z]+|root)\/[A-Za-z.]/),

  // Otherwise `npm ci` refuses the lock: `node scripts/complete-lock.mjs` mends it.
  'the lock names the packages of every platform': ({ path, text }) => {
    if (path !== 'package-lock.json') return [];
    const packages = (JSON.parse(text) as Lock).packages;
    const placed = new Set(Object.keys(packages).map((place) => place.slice(place.lastIndexOf('node_modules/') + 13)));
    return Object.values(packages)
      .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
      .filter((name) => !placed.has(name));
  },

  'the lock names no registry': ({ path, text }) =>
    path === 'package-lock.json' ? lineMatches(text, /"resolved":\s*"https?:/) : [],
};

/** Relative links and pictures of a Markdown file that lead to no file; `exists` takes a path from the root. */
export function brokenLinks(file: SourceFile, exists: (path: string) => boolean): string[] {
  if (!file.path.endsWith('.md')) return [];
  const prose = file.text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)]
    .map((match) => match[1]!.split('#')[0]!)
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
    .filter((target) => !exists(posix.join(posix.dirname(file.path), target)));
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

type Node = { readonly type: string; readonly span?: Span } & Readonly<Record<string, unknown>>;

const parsed = new WeakMap<SourceFile, readonly Node[]>();

/** Every node of the file's syntax tree, outer before inner; none for files the rule is not about. */
function nodesOf(file: SourceFile, where: RegExp): readonly Node[] {
  if (!where.test(file.path) || !/\.(ts|tsx|mjs)$/.test(file.path)) return [];
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const options = { syntax: 'typescript', tsx: file.path.endsWith('.tsx'), target: 'es2022' } as const;
  const nodes: Node[] = [];
  collect(parseSync(file.text, options), nodes);
  parsed.set(file, nodes);
  return nodes;
}

function collect(value: unknown, into: Node[]): void {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && typeof value.type === 'string') into.push(value as Node);
  for (const inner of Object.values(value)) collect(inner, into);
}

const functionTypes = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
]);

/** Functions with the lines they take. In tests a function that holds tests is a list of them, however long. */
function functionsIn(file: SourceFile): { line: number; lines: number }[] {
  const bytes = Buffer.from(file.text);
  const nodes = nodesOf(file, code);
  const tests = file.path.startsWith('tests/') ? nodes.filter(isTestCall).map((call) => call.span!.start) : [];
  return nodes
    .filter((node) => functionTypes.has(node.type))
    .map((node) => spanOf(node))
    .filter((span) => span !== undefined)
    .filter((span) => !tests.some((start) => span.start < start && start < span.end))
    .map((span) => {
      const line = lineAt(bytes, span.start);
      return { line, lines: lineAt(bytes, span.end - 1) - line + 1 };
    });
}

/** A call of describe, test or it, or of what they give: test.each(...)(...). */
function isTestCall(node: Node): boolean {
  if (node.type !== 'CallExpression') return false;
  let callee = node['callee'] as Node;
  while (callee.type === 'MemberExpression' || callee.type === 'CallExpression') {
    callee = (callee.type === 'MemberExpression' ? callee['object'] : callee['callee']) as Node;
  }
  return /^(describe|test|it)$/.test(String(callee['value']));
}

function spanOf(node: Node): Span | undefined {
  return node.span ?? (node['function'] as Node | undefined)?.span;
}

function throwsBareError(node: Node): boolean {
  if (node.type !== 'ThrowStatement') return false;
  const thrown = node['argument'] as Node;
  if (thrown.type !== 'NewExpression' && thrown.type !== 'CallExpression') return false;
  const name = (thrown['callee'] as Node)['value'];
  return typeof name === 'string' && /^(Error|TypeError|RangeError|SyntaxError)$/.test(name);
}

function swallows(node: Node): boolean {
  if (node.type === 'CatchClause') return (node['body'] as { stmts: unknown[] }).stmts.length === 0;
  if (node.type !== 'CallExpression') return false;
  const callee = node['callee'] as Node;
  if (callee.type !== 'MemberExpression' || (callee['property'] as Node)['value'] !== 'catch') return false;
  const handler = (node['arguments'] as readonly { expression: Node }[])[0]?.expression;
  const body = handler?.['body'] as { stmts?: unknown[] } | undefined;
  return body?.stmts?.length === 0;
}

/** What a node reads from the world around: process.env, Date.now, new Date(), Math.random; or null. */
function ambientSource(node: Node): string | null {
  if (node.type === 'NewExpression' && (node['callee'] as Node)['value'] === 'Date') {
    return (node['arguments'] as unknown[] | null)?.length ? null : 'new Date()';
  }
  if (node.type !== 'MemberExpression') return null;
  const property = node['property'] as Node;
  const key = property['value'] ?? (property['expression'] as Node | undefined)?.['value'];
  const name = `${(node['object'] as Node)['value']}.${key}`;
  return ['process.env', 'Date.now', 'Math.random'].includes(name) ? name : null;
}

function at(file: SourceFile, what: string): (node: Node) => string {
  return (node) => `line ${lineAt(Buffer.from(file.text), spanOf(node)?.start ?? 1)}: ${what}`;
}

/** Spans count bytes from 1. */
function lineAt(bytes: Buffer, position: number): number {
  return bytes
    .subarray(0, position - 1)
    .toString('utf8')
    .split('\n').length;
}

function lineMatches(text: string, pattern: RegExp): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`line ${index + 1}: ${line.trim().slice(0, 100)}`] : []));
}
