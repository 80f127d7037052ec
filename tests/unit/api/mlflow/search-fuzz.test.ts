import { describe, expect, it } from 'vitest';
import {
  experimentScope,
  loggedModelScope,
  modelScope,
  runScope,
  type SearchStatement,
  searchStatement,
  versionScope,
} from '../../../../src/adapters/tracking/search.ts';
import {
  experimentVocabulary,
  loggedModelVocabulary,
  modelVocabulary,
  readFilter,
  readOrder,
  runVocabulary,
  versionVocabulary,
} from '../../../../src/api/mlflow/search-terms.ts';
import { PlatformError } from '../../../../src/domain/errors.ts';

/** What each kind is searched by, and how many values its statement has of its own. */
const kinds = [
  [runVocabulary, runScope, 2],
  [experimentVocabulary, experimentScope, 1],
  [modelVocabulary, modelScope, 0],
  [versionVocabulary, versionScope, 0],
  [loggedModelVocabulary, loggedModelScope, 1],
] as const;

/** Stands in whatever a client may write: it must never be found in a statement. */
const mark = 'Zq7';
const parts = [
  'metrics.',
  'metric.',
  'params.',
  'param.',
  'tags.',
  'tag.',
  'attributes.',
  'attribute.',
  'dataset.',
  'run.',
  'foo.',
  '`tags`.',
  '.',
  `${mark}`,
  `\`${mark} x\``,
  `"${mark}"`,
  `'${mark}'`,
  `\`${mark}\`\`y\``,
  'name',
  'status',
  'run_id',
  'start_time',
  'creation_time',
  'version_number',
  'digest',
  'context',
  ' = ',
  ' != ',
  ' < ',
  ' <= ',
  '>',
  ' >= ',
  ' LIKE ',
  ' ilike ',
  ' IN ',
  ' NOT IN ',
  ' IS NULL',
  ' IS NOT NULL',
  ' == ',
  ' <> ',
  ' ~ ',
  ' RLIKE ',
  ' BETWEEN ',
  `'${mark}'`,
  `"${mark}"`,
  `'${mark}''); DROP TABLE tracking.run; --'`,
  `'%${mark}_'`,
  '5',
  '-1.5e3',
  '1e999',
  'NaN',
  '0x10',
  '9007199254740993',
  `'`,
  '"',
  '`',
  "''",
  '\\',
  `('${mark}', '${mark}')`,
  `('${mark}')`,
  '()',
  '(1)',
  '(',
  ')',
  ',',
  ';',
  '--',
  '/*',
  '*/',
  '$1',
  '$$',
  '{key}',
  '{value}',
  '{column}',
  '\0',
  '\n',
  '\t',
  '\u00a0',
  '\ud800',
  '\u202e',
  'É',
  '日本',
  ' AND ',
  ' and ',
  ' OR ',
  ' NOT ',
  ' ',
  '  ',
  ' ASC',
  ' DESC',
  ' UNION SELECT ',
  '::text',
  ' LIMIT 1',
  `E'\\x41'`,
  `U&'${mark}'`,
];
const clauses = [
  `metrics.${mark} < 5`,
  `params.\`${mark}\` = '${mark}'`,
  `tags."${mark}" LIKE '%${mark}'`,
  `tags.${mark} IS NULL`,
  `attributes.status != '${mark}'`,
  `run_id IN ('${mark}', 'b')`,
  `dataset.name NOT IN ('${mark}')`,
  `name ILIKE '${mark}%'`,
  'start_time >= 10',
  `experiment_id = '5'`,
  `version_number > 2`,
  `params.${mark} IN ('${mark}')`,
  'creation_timestamp < 1.5',
];

describe('any filter and order that a client may write', () => {
  it('is read or refused, quickly, and never becomes text of a statement (100,000 made inputs)', () => {
    const random = seeded(20_261_126);
    const read = { filters: 0, orders: 0 };
    const started = process.cpuUsage();
    for (let round = 0; round < 50_000; round++) {
      const [vocabulary, scope, own] = kinds[round % kinds.length] ?? kinds[0];
      const filter = outcome(() => readFilter(made(random), vocabulary)) ?? [];
      const order = outcome(() => readOrder([made(random)], vocabulary)) ?? [];
      if (filter.length > 0) read.filters++;
      if (order.length > 0) read.orders++;
      if (filter.length + order.length === 0) continue;
      const { text, values } = statementOf(scope, Array(own).fill([]), {
        clauses: filter,
        order,
        limit: 5,
        pageToken: null,
      });
      if (text.includes(mark) || /[{}]/.test(text) || !usesAll(text, values.length))
        expect(text).toBe('of our own pieces');
    }
    // Both outcomes are met often enough for the test to mean something.
    expect(read.filters).toBeGreaterThan(2000);
    expect(read.orders).toBeGreaterThan(500);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(30);
  }, 180_000);

  it('would see text of a client in a statement', () => {
    const { text } = statementOf(
      { ...runScope, attributes: { ...runScope.attributes, [mark]: { column: `r.${mark}`, type: 'text' } } },
      [],
      {
        clauses: [{ entity: 'attribute', key: mark, comparator: '=', value: 'x' }],
        order: [],
        limit: 5,
        pageToken: null,
      },
    );
    expect(text.includes(mark)).toBe(true);
  });

  it('is refused in time that grows no faster than the text', () => {
    for (const text of [
      "'".repeat(200_000),
      '`'.repeat(200_000),
      'a.'.repeat(100_000),
      `${' '.repeat(200_000)}x`,
      '('.repeat(200_000),
      `metrics.a < ${'9'.repeat(200_000)}x`,
    ]) {
      const startedMs = performance.now();
      outcome(() => readFilter(text, runVocabulary));
      outcome(() => readOrder([text], runVocabulary));
      expect(performance.now() - startedMs).toBeLessThan(2000);
    }
  });
});

function statementOf(...given: Parameters<typeof searchStatement>): SearchStatement {
  const statement = searchStatement(...given);
  expect(statement).not.toBeNull();
  return statement as SearchStatement;
}

/** Well-formed clauses with some parts put in, taken out or cut, or parts in any order. */
function made(random: () => number): string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  if (random() < 0.3) return Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick(parts)).join('');
  let text = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(clauses)).join(' AND ');
  if (random() < 0.15) text = (text.split(/ [<>=!INL]/)[0] ?? '') + pick([' ASC', ' DESC', '']);
  for (let changes = Math.floor(random() * 3); changes > 0; changes--) {
    const at = Math.floor(random() * (text.length + 1));
    text =
      random() < 0.5
        ? text.slice(0, at) + pick(parts) + text.slice(at)
        : text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 4));
  }
  return text;
}

function outcome<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'INPUT_INVALID') return null;
    throw error;
  }
}

function usesAll(text: string, count: number): boolean {
  const used = new Set([...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  return used.size === count && [...used].every((number) => number >= 1 && number <= count);
}

function seeded(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
