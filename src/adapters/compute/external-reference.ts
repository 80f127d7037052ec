import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PlatformError } from '../../domain/errors.ts';
import type { ExternalReference } from '../../ports/compute.ts';

/** A program to start: its words, and the folder it runs in. */
export interface ProgramCommand {
  readonly words: readonly string[];
  readonly folder: string;
}

const programPrefix = 'exec:';
const filePrefix = 'file:';

/** Whether a tournament's model is a program of its own. */
export function isProgram(model: string): boolean {
  return model.startsWith(programPrefix);
}

/** Whether a tournament's model is a JavaScript module of its own. */
export function isModule(model: string): boolean {
  return model.startsWith(filePrefix);
}

/**
 * Finds what a person means by a path (`./my-model.mjs`) or a command (`exec:./my_model.py`, `exec:python3 my_model.py`),
 * relative to `folder`, and hashes the files that it names, so that a changed file is another model.
 * Throws INPUT_INVALID when there is no such file.
 */
export async function resolveReference(reference: string, folder: string): Promise<ExternalReference> {
  if (isProgram(reference)) return resolveProgram(reference.slice(programPrefix.length), folder);
  const path = isModule(reference) ? fileURLToPath(reference) : resolve(folder, reference);
  const bytes = await bytesOf(path);
  if (bytes === null) throw missing(reference, path);
  return { entry: basename(path), model: pathToFileURL(path).href, parameters: { sha256: sha256([bytes]) } };
}

/** The command behind a resolved reference. */
export function commandOf(model: string): ProgramCommand {
  const words = JSON.parse(model.slice(programPrefix.length)) as string[];
  const file = words.findLast((word) => word.startsWith('/')) ?? words[0] ?? '';
  return { words, folder: dirname(file) };
}

async function resolveProgram(text: string, folder: string): Promise<ExternalReference> {
  const said = text.startsWith('[') ? (JSON.parse(text) as string[]) : splitWords(text);
  const words: string[] = [];
  const contents: Uint8Array[] = [];
  const isFile: boolean[] = [];
  for (const word of said) {
    const path = resolve(folder, word);
    // A bare first word is a command of the PATH, whatever lies beside us under its name.
    const bytes = words.length === 0 && !/[/\\]/.test(word) ? null : await bytesOf(path);
    words.push(bytes === null ? word : path);
    isFile.push(bytes !== null);
    if (bytes !== null) contents.push(bytes);
  }
  const first = said[0] ?? '';
  if (contents.length === 0 || (/[/\\]/.test(first) && !isFile[0])) throw missing(programPrefix + text, first);
  const model = programPrefix + JSON.stringify(words);
  // An interpreter given by its full path is not what the model is known by.
  const named = words.findIndex((word, at) => isFile[at] === true && word !== said[at]);
  return {
    entry: basename(words[named < 0 ? isFile.indexOf(true) : named] ?? first),
    model,
    parameters: { sha256: sha256(contents) },
  };
}

/** Words between spaces; double quotes keep spaces inside a word. */
function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

/** The bytes of a file; null when there is none. */
async function bytesOf(path: string): Promise<Uint8Array | null> {
  try {
    return (await stat(path)).isFile() ? await readFile(path) : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

function sha256(contents: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const bytes of contents) hash.update(`${bytes.length}\n`).update(bytes);
  return hash.digest('hex');
}

function missing(reference: string, path: string): PlatformError {
  return new PlatformError('INPUT_INVALID', `There is no model file behind ${reference}.`, {
    context: { reference, path },
    hint: 'Give the path of a .mjs file, or exec: and a command with the path of its program.',
  });
}
