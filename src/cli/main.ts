#!/usr/bin/env node
import { namingDiskFull } from '../runtime/disk-full.ts';
import { processTerminal, reportFailure } from './output.ts';
import { createProgram } from './program.ts';

const terminal = processTerminal();

// A reader that closes early (`assay ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

try {
  await createProgram(terminal).parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(terminal, namingDiskFull(error), speaksJson(process.argv));
  // A flow that was cut off still runs in this process: it resumes at the next start instead of going on unseen.
  if (process.exitCode !== 0) process.exit();
}

function speaksJson(words: readonly string[]): boolean {
  return words.includes('--json') || words.includes('--ndjson');
}
