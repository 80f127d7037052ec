import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  experimentVocabulary,
  modelVocabulary,
  readFilter,
  readOrder,
  runVocabulary,
  versionVocabulary,
} from '../../../../src/api/mlflow/search-terms.ts';
import { PlatformError } from '../../../../src/domain/errors.ts';

describe('the filter language of runs', () => {
  const read = (text: string) => readFilter(text, runVocabulary);

  it.each<[string, object[]]>([
    ['', []],

    ['metrics.rmse < 1', [{ entity: 'metric', key: 'rmse', comparator: '<', value: 1 }]],
    ['metric.rmse<=-1.5e-3', [{ entity: 'metric', key: 'rmse', comparator: '<=', value: -0.0015 }]],
    ['metrics.`val loss/1` != .5', [{ entity: 'metric', key: 'val loss/1', comparator: '!=', value: 0.5 }]],
    ['metrics."a b" = 1', [{ entity: 'metric', key: 'a b', comparator: '=', value: 1 }]],
    ["params.model = 'theta'", [{ entity: 'parameter', key: 'model', comparator: '=', value: 'theta' }]],
    ['parameters.model LIKE "t%"', [{ entity: 'parameter', key: 'model', comparator: 'LIKE', value: 't%' }]],
    ["params.a = 'it''s'", [{ entity: 'parameter', key: 'a', comparator: '=', value: "it's" }]],
    [
      "tags.mlflow.parentRunId ilike 'X'",
      [{ entity: 'tag', key: 'mlflow.parentRunId', comparator: 'ILIKE', value: 'X' }],
    ],
    ['tag.x IS NULL', [{ entity: 'tag', key: 'x', comparator: 'IS NULL', value: null }]],
    ['params.x is not null', [{ entity: 'parameter', key: 'x', comparator: 'IS NOT NULL', value: null }]],
    ["status = 'FINISHED'", [{ entity: 'attribute', key: 'status', comparator: '=', value: 'FINISHED' }]],
    ["attributes.`Run name` = 'a'", [{ entity: 'attribute', key: 'run_name', comparator: '=', value: 'a' }]],
    ['created > 10', [{ entity: 'attribute', key: 'start_time', comparator: '>', value: 10 }]],
    ['run_id IN (\'a\', "b")', [{ entity: 'attribute', key: 'run_id', comparator: 'IN', value: ['a', 'b'] }]],
    ["run.run_id NOT IN ('a')", [{ entity: 'attribute', key: 'run_id', comparator: 'NOT IN', value: ['a'] }]],
    ["dataset.name = 'gold'", [{ entity: 'dataset', key: 'name', comparator: '=', value: 'gold' }]],
    [
      "metrics.a > 1 and params.b = 'x AND y' AND tags.c != ''",
      [
        { entity: 'metric', key: 'a', comparator: '>', value: 1 },
        { entity: 'parameter', key: 'b', comparator: '=', value: 'x AND y' },
        { entity: 'tag', key: 'c', comparator: '!=', value: '' },
      ],
    ],
  ])('reads %j', (text, clauses) => {
    expect(read(text)).toEqual(clauses);
  });

  it.each([
    '   ',
    'metrics.a',
    'metrics.a >',
    '> 1',
    'metrics.a > 1 OR metrics.b > 2',
    'metrics.a > 1 metrics.b > 2',
    'metrics.a > 1 AND',
    'AND metrics.a > 1',
    "metrics.a = 'x'",
    'metrics.a LIKE 1',
    'metrics.a = NaN',
    'metrics.a > 1e999',
    'params.a = 1',
    'params.a = x',
    "params.a > 'x'",
    "params.a IN ('x')",
    "params.a = 'x",
    'params.`a = 1',
    "foo.a = 'x'",
    "nothing = 'x'",
    "status IN ('FINISHED')",
    "start_time = '5'",
    "dataset.colour = 'x'",
    'run_id IN ()',
    "run_id IN ('a',)",
    "run_id IN 'a'",
    "run_id NOT 'a'",
    'metrics.a IS NULL',
    "params.a = 'x'; DROP TABLE tracking.run",
    "params.a = 'x' -- y",
    "params.a == 'x'",
    "params..a = 'x'",
    "params.a-b = 'x'",
    "constructor.a = 'x'",
    "__proto__ = 'x'",
    "params.a = 'x\0y'",
  ])('refuses %j', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('answers any text with clauses or a refusal, never with another error', () => {
    const words = fc.constantFrom(
      'metrics.',
      'params.',
      'tags',
      '.',
      '`',
      "'",
      '"',
      ' AND ',
      ' IN ',
      '(',
      ')',
      ',',
      '=',
      '!=',
      '>',
      '1',
      '-',
      'e5',
      'IS',
      'NOT',
      'NULL',
      'LIKE',
      'a',
      ' ',
      '\n',
      ';',
      '%',
      '\\',
      'я',
      '\0',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom(runVocabulary, experimentVocabulary, modelVocabulary, versionVocabulary),
        (text, vocabulary) => {
          for (const parse of [() => readFilter(text, vocabulary), () => readOrder([text], vocabulary)]) {
            try {
              parse();
            } catch (error) {
              expect(error).toBeInstanceOf(PlatformError);
              expect(error).toMatchObject({ code: 'INPUT_INVALID' });
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('returns any value and key unchanged through quotes', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, text, (key, value) => {
        const filter = `params.\`${key.replaceAll('`', '``')}\` = '${value.replaceAll("'", "''")}'`;
        expect(read(filter)).toEqual([{ entity: 'parameter', key, comparator: '=', value }]);
      }),
    );
  });
});

describe('the other searches', () => {
  it('know their own attributes', () => {
    expect(readFilter("experiment_id IN ('1', '2')", experimentVocabulary)).toEqual([
      { entity: 'attribute', key: 'experiment_id', comparator: 'IN', value: ['1', '2'] },
    ]);
    expect(() => readFilter("experiment_id = 'x'", experimentVocabulary)).toThrow(/must be a valid integer/);
    expect(() => readFilter('metrics.a = 1', experimentVocabulary)).toThrow(/Invalid entity type/);
    expect(readFilter('version_number >= 2', versionVocabulary)[0]).toMatchObject({ key: 'version_number', value: 2 });
    expect(readFilter("tags.`mlflow.prompt.is_prompt` != 'true'", modelVocabulary)).toEqual([]);
  });

  it('read their orders', () => {
    expect(readOrder(['metrics.`a b` desc', 'start_time', 'params.x ASC'], runVocabulary)).toEqual([
      { entity: 'metric', key: 'a b', ascending: false },
      { entity: 'attribute', key: 'start_time', ascending: true },
      { entity: 'parameter', key: 'x', ascending: true },
    ]);
    expect(readOrder(['timestamp DESC'], modelVocabulary)).toEqual([
      { entity: 'attribute', key: 'last_updated_timestamp', ascending: false },
    ]);
    for (const wrong of ['', 'metrics.a UP', 'metrics.a, metrics.b', 'nothing', 'dataset.name']) {
      expect(() => readOrder([wrong], runVocabulary)).toThrow(PlatformError);
    }
    expect(() => readOrder(['metrics.a', 'metrics.a DESC'], runVocabulary)).toThrow(/duplicate/);
  });
});
