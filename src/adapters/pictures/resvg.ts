import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { PlatformError } from '../../domain/errors.ts';
import type { Pictures } from '../../ports/pictures.ts';
import { encodePng, isOpaque } from './png-encoder.ts';

/**
 * Pictures by resvg, compiled to WebAssembly: the same pixels on every machine, with the one font that comes with the
 * package, since a server may have none. It is loaded with the first picture.
 */
export function createPictures(): Pictures {
  return {
    png: async (svg) => {
      loading ??= load();
      const { Resvg, font } = await loading;
      try {
        const picture = new Resvg(svg, {
          fitTo: { mode: 'original' },
          font: { fontBuffers: [font], defaultFontFamily: family, sansSerifFamily: family },
        });
        const image = picture.render();
        const { pixels, width, height } = image;
        // Where something shines through, colours are stored mixed already: the encoder of resvg unmixes them.
        const whole = isOpaque(pixels) ? null : image.asPng();
        image.free();
        picture.free();
        return whole ?? (await encodePng(pixels, width, height));
      } catch (cause) {
        throw new PlatformError('INPUT_INVALID', `A chart cannot be drawn as PNG: ${String(cause)}`, { cause });
      }
    },
  };
}

const family = 'DejaVu Sans';
/** The module has one instance per process, and refuses to be started twice. */
let loading: ReturnType<typeof load> | undefined;

async function load() {
  const { resolve } = createRequire(import.meta.url);
  const [{ initWasm, Resvg }, code, font] = await Promise.all([
    import('@resvg/resvg-wasm'),
    readFile(resolve('@resvg/resvg-wasm/index_bg.wasm')),
    readFile(resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')),
  ]);
  await compiledOnce(() => initWasm(code));
  return { Resvg, font };
}

/**
 * WebAssembly that is compiled in the meantime is compiled whole, quickly, and once. V8 would go on to compile its busy
 * parts a second time: for the few dozen charts of a tournament that costs a second of processor time and 30 MB, and
 * saves less. What a module was compiled with stays with it, so the settings are taken back at once.
 */
async function compiledOnce(compile: () => Promise<unknown>): Promise<void> {
  for (const flag of compiledLater) setFlagsFromString(`--no-${flag}`);
  try {
    await compile();
  } finally {
    for (const flag of compiledLater) setFlagsFromString(`--${flag}`);
  }
}

const compiledLater = ['wasm-tier-up', 'wasm-dynamic-tiering', 'wasm-lazy-compilation'] as const;
