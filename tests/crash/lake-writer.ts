import { createFsLake } from '../../src/adapters/lake/fs.ts';
import { objectContent } from './lake-object.ts';

/** Fills a lake without end and says which keys were acknowledged, until it is killed. */
const [, , folder = '', round = ''] = process.argv;
const lake = createFsLake({ folder });
for (let number = 0; ; number += 1) {
  const key = `raw/round-${round}/object-${number}`;
  await lake.putIfAbsent(key, objectContent(key));
  process.stdout.write(`${key}\n`);
  await lake.replace('exports/latest', objectContent(key));
}
