import { readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { PlatformError } from '../../domain/errors.ts';

/** Reads a file of the pages by its path below their folder; null when there is none. */
export type PageFiles = (path: string) => Promise<Uint8Array | null>;

/** Where an installed MLflow keeps its built pages, below whatever folder of it was named. */
const places = ['', 'server/js/build', 'mlflow/server/js/build'];

/** The built pages of an installed MLflow: the folder with `index.html`, or the package that contains it. */
export async function openUiFolder(folder: string): Promise<PageFiles> {
  for (const place of places) {
    const root = resolve(folder, place);
    if (await isFile(join(root, 'index.html'))) return filesIn(await realpath(root));
  }
  throw new PlatformError('INPUT_INVALID', `There are no built pages of MLflow in ${folder}: no index.html.`, {
    context: { folder },
    hint: 'Name the folder of an installed MLflow: python -c "import mlflow; print(mlflow.__path__[0])" prints it.',
  });
}

function filesIn(root: string): PageFiles {
  return async (path) => {
    const isOrdinary = path.split('/').every((name) => /^[\w@~+-][\w.@~+-]*$/.test(name));
    if (!isOrdinary) return null;
    try {
      const file = await realpath(join(root, path));
      return file.startsWith(root + sep) && (await isFile(file)) ? await readFile(file) : null;
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
        return null;
      throw error;
    }
  };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
