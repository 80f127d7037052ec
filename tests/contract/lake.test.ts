import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createFsLake } from '../../src/adapters/lake/fs.ts';
import { buildEntry } from '../support/build.ts';
import { createMemoryLake } from '../support/memory-lake.ts';
import { lakeContract } from './lake.contract.ts';

lakeContract('folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-lake-'));
  return {
    open: () => createFsLake({ folder }),
    clear: () => rm(folder, { recursive: true, force: true }),
  };
});

lakeContract('folder, parts written on a thread', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-lake-'));
  const writingThread = pathToFileURL(await buildEntry('src/adapters/lake/fs-writing-thread.ts')).href;
  return {
    open: () => createFsLake({ folder, writingThread }),
    clear: () => rm(folder, { recursive: true, force: true }),
  };
});

// The stand-in that flows are tested with must be no easier to satisfy than the real one.
lakeContract('memory', async () => {
  const lake = createMemoryLake();
  return { open: () => lake, clear: async () => {} };
});
