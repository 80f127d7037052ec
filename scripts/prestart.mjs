// Runs before `npm start` and `npm test`: makes a fresh clone ready and is quick when nothing is to be done.
// Only Node's own modules here and in what it imports: nothing is installed yet when it runs.
import { oldestNode, refuseOldNode } from './node-version.mjs';

refuseOldNode(process.versions.node, oldestNode);

// Imported after the check: these files may use what an older Node cannot read.
const { prepare } = await import('./prepare.mjs');
process.exitCode = await prepare({ build: process.argv.includes('--build') });
