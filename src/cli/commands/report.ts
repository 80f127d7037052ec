import { execFile } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { PlatformError } from '../../domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { say } from '../output.ts';
import { openSession } from '../session.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Writes the one-page report of a metal as an HTML file that stands alone, or as a PDF where a Chromium is found. */
export async function report(context: CommandContext, options: Options): Promise<void> {
  const out = String(options['out']);
  const isPdf = /\.pdf$/i.test(out);
  if (!isPdf && !/\.html?$/i.test(out)) {
    throw new PlatformError('USAGE', `A report is not written as "${out}".`, {
      hint: 'Name a file that ends in .html or .pdf.',
    });
  }
  // Before anything is started: without a browser there will be no PDF.
  const browser = isPdf ? await findChromium(process.env['ASSAY_CHROMIUM']) : null;
  const html = await readReport(context, options);
  if (browser === null) await writeFile(out, html);
  else await printPdf(browser, html, resolve(out));
  say(context.terminal, `Wrote ${out}.`);
}

async function readReport(context: CommandContext, options: Options): Promise<string> {
  const { settings } = context.settings();
  const session = await openSession(context, { command: 'report', simulated: false });
  try {
    const app = session.composition.webApp(session.api);
    const headers = settings.token === null ? {} : { authorization: `Bearer ${settings.token}` };
    const path = `/report?metal=${String(options['metal'])}&lang=${settings.lang}`;
    const answer = await app.fetch(new Request(`http://localhost${path}`, { headers }));
    if (!answer.ok)
      throw new PlatformError('ENGINE_FAILED', `The report could not be drawn: ${path} answered ${answer.status}.`);
    return standAlone(await answer.text());
  } finally {
    await session.close();
  }
}

/** The page, which has its style inside, without what needs the server. */
function standAlone(page: string): string {
  return page
    .replace(/<script[^>]*><\/script>/g, '')
    .replace(/<header class="header">.*?<\/header>/s, '')
    .replace(/<noscript>.*?<\/noscript>/gs, '');
}

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

async function findChromium(named: string | undefined): Promise<string> {
  for (const place of named === undefined ? places : [named]) {
    if (
      await access(place).then(
        () => true,
        () => false,
      )
    )
      return place;
  }
  throw new PlatformError('NOT_FOUND', 'No Chromium was found, so no PDF can be made here.', {
    context: { looked: named ?? places.join(', ') },
    hint: 'Write an .html report and print it from any browser, or name a Chromium in ASSAY_CHROMIUM.',
  });
}

async function printPdf(browser: string, html: string, out: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-report-'));
  const page = join(folder, 'report.html');
  try {
    await writeFile(page, html);
    // A sandbox cannot be had by root; what is printed is a page of our own without script.
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const quiet = ['--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
    const where = [`--user-data-dir=${join(folder, 'profile')}`, `--print-to-pdf=${out}`, '--no-pdf-header-footer'];
    await promisify(execFile)(browser, [...quiet, ...asRoot, ...where, pathToFileURL(page).href], { timeout: 60_000 });
  } catch (cause) {
    throw new PlatformError('ENGINE_FAILED', `${browser} could not print the report.`, {
      cause,
      hint: 'Write an .html report and print it from any browser.',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
