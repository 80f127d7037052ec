// Reads vitest's JSON reports in a folder and prints one line over all suites; fails when no test ran.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const reports = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));

const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const failedFiles = reports
  .flatMap((report) => report.testResults)
  .filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'));
const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + failedFiles.length;
const skipped = reports
  .flatMap((report) => report.testResults)
  .flatMap((file) => file.assertionResults.filter((test) => test.status === 'pending' || test.status === 'skipped'));

if (skipped.length > 0) console.log('Skipped:');
for (const test of skipped) console.log(`  ${[...test.ancestorTitles, test.title].join(' > ')}`);
for (const file of failedFiles) console.log(`Could not run: ${file.name}`);
if (passed + failed === 0) console.log('No test ran.');
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
