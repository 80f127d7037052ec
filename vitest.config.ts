import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/support/longest-first.ts';

// Starts one embedded PostgreSQL for the tests that ask for a database.
const globalSetup = ['tests/support/global-setup.ts'].filter((file) => existsSync(file));
const setupFiles = ['tests/support/property-seed.ts'];

// What measures times runs alone, after all others.
const quiet = ['tests/browser/budgets.test.ts'];

const reports = process.env['ASSAY_TEST_REPORTS'];

export default defineConfig({
  test: {
    reporters: reports
      ? ['default', ['json', { outputFile: join(reports, `vitest-${process.pid}.json`) }]]
      : ['default'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'fast',
          include: ['tests/*.test.ts', 'tests/{unit,contract,golden,oracle}/**/*.test.{ts,tsx}'],
          globalSetup,
          setupFiles,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'slow',
          include: ['tests/{crash,e2e,browser,interop}/**/*.test.{ts,tsx}'],
          exclude: quiet,
          globalSetup,
          setupFiles,
          sequence: { groupOrder: 1 },
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'stack',
          include: ['tests/stack/**/*.test.ts'],
          globalSetup,
          setupFiles,
          // Beside the slow ones where both are asked for, so that a worker that waits for a server leaves none idle.
          sequence: { groupOrder: 1 },
          testTimeout: 900_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'quiet',
          include: quiet,
          setupFiles,
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
