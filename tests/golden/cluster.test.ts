import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tableStatements } from '../../src/adapters/olap/publisher.ts';

const file = join(import.meta.dirname, 'cluster', 'tables.sql');

test('tables of a cluster are made on all its nodes, replicated, and are otherwise those of a server alone', () => {
  const made = `${tableStatements('gold cluster').join(';\n\n')}\n`;
  if (!existsSync(file)) {
    expect(process.env['CI'], `${file} is missing; run the test locally to make it, read it, commit it`).toBe(
      undefined,
    );
    writeFileSync(file, made);
  }
  expect(made).toBe(readFileSync(file, 'utf8'));
  const plain = tableStatements(null);
  expect(plain.every((statement) => !statement.includes('CLUSTER'))).toBe(true);
  const back = made.replaceAll(' ON CLUSTER `gold cluster`', '').replaceAll(/Replicated(\w*MergeTree)\(.*\)/g, '$1');
  expect(back).toBe(`${plain.join(';\n\n')}\n`);
});
