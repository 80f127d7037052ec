// Records the command line at work: `npm run docs:terminal -- FOLDER`, with a folder that `assay replica` serves.
// Every command is run in a pseudo terminal over real data; what it prints, and when, is what is recorded, in
// docs/images/terminal.cast (asciicast v2, for asciinema) and as a picture in docs/images/terminal.svg. Only the typing is
// made up. Needs a build, and `script` of util-linux.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cli } from './child-commands.mjs';
import { now, startInstallation } from './installation.mjs';
import { pictureOf, screenOf } from './terminal-picture.mjs';

const images = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'images');
const size = { width: 100, height: 30 };
const commands = ['show', 'show gold --last 5y --height 10', 'nowcast', 'runs'];
const keyMs = 45;
const pauseMs = 1500;

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Name the folder of history to serve: npm run docs:terminal -- FOLDER');
  process.exit(2);
}
const installation = await startInstallation(folder);
try {
  const { isReady } = await installation.startUp();
  await isReady;
  const events = [];
  let clockMs = 0;
  for (const command of commands) {
    type(`assay ${command}`);
    for (const [afterMs, text] of await run(command)) record(clockMs + afterMs, text);
    clockMs = Math.max(clockMs, 1000 * (events.at(-1)?.[0] ?? 0)) + pauseMs;
  }
  const header = { version: 2, ...size, timestamp: Date.parse(now) / 1000, title: 'Assay at the command line' };
  const lines = [header, ...events].map((line) => JSON.stringify(line));
  writeFileSync(join(images, 'terminal.cast'), `${lines.join('\n')}\n`);
  const output = events.map(([, , text]) => text).join('');
  writeFileSync(join(images, 'terminal.svg'), pictureOf(screenOf(output.trimEnd()), header.title));
  console.log('docs/images/terminal.cast\ndocs/images/terminal.svg');

  function type(text) {
    record(clockMs, '\u001b[32m$\u001b[0m ');
    for (const key of text) {
      clockMs += keyMs;
      record(clockMs, key);
    }
    record(clockMs, '\r\n');
  }

  function record(atMs, text) {
    events.push([Math.round(atMs) / 1000, 'o', text]);
  }
} finally {
  await installation.close();
}

/** What a command prints in a terminal of our size, as pairs of milliseconds since its start and text. */
function run(command) {
  const shell = `stty cols ${size.width} rows ${size.height}; exec "${process.execPath}" "${cli}" ${command}`;
  const child = spawn('script', ['-qec', shell, '/dev/null'], {
    env: { ...process.env, ...installation.environment, TERM: 'xterm-256color', NO_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const began = performance.now();
  const pieces = [];
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text) => pieces.push([performance.now() - began, text]));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve(pieces);
      else reject(new TypeError(`assay ${command} ended with ${code}:\n${pieces.map(([, text]) => text).join('')}`));
    });
  });
}
