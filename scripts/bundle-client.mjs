import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** First the script that every page loads, then the code of charts, which waits until somebody reaches for one. */
const entries = ['live', 'chart'];

/** Bundles and shortens the scripts of the pages into a folder. */
export async function bundleClient(packageFolder, folder) {
  for (const name of entries) {
    const build = await rolldown({
      input: join(packageFolder, 'web', 'client', `${name}.ts`),
      cwd: packageFolder,
      tsconfig: false,
      logLevel: 'warn',
    });
    await build.write({ file: join(folder, `${name}.js`), format: 'esm', minify: true });
    await build.close();
  }
}
