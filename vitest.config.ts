import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Starts one embedded PostgreSQL for the tests that ask for a database.
const globalSetup = ['tests/support/global-setup.ts'].filter((file) => existsSync(file));
const setupFiles = ['tests/support/property-seed.ts'];

const reports = process.env['ASSAY_TEST_REPORTS'];

export default defineConfig({
  test: {
    reporters: reports
      ? ['default', ['json', { outputFile: join(reports, `vitest-${process.pid}.json`) }]]
      : ['default'],
    pool: 'forks',
    maxWorkers: 2,
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'fast',
          include: ['tests/*.test.ts', 'tests/{unit,contract,golden,oracle}/**/*.test.{ts,tsx}'],
          globalSetup,
          setupFiles,
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'slow',
          include: ['tests/{crash,e2e,browser,interop}/**/*.test.{ts,tsx}'],
          globalSetup,
          setupFiles,
          // Each of these starts engines of its own: side by side they would starve one another.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'stack',
          include: ['tests/stack/**/*.test.ts'],
          globalSetup,
          setupFiles,
          // Real servers of every kind, each started by the suite that needs it.
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
