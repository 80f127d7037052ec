import { packageVersion } from '../config/package-root.ts';
import { commandTree } from './command-tree.ts';
import { processTerminal } from './output.ts';
import { createProgram } from './program.ts';
import { referenceMan, referenceMarkdown } from './reference.ts';

/** Files of the repository that describe the command line, by path: made from it, never by hand. */
export function documents(): Readonly<Record<string, string>> {
  const tree = commandTree(createProgram(processTerminal()));
  return {
    'docs/guide/cli.md': referenceMarkdown(tree),
    'docs/man/assay.1': referenceMan(tree, packageVersion),
  };
}
