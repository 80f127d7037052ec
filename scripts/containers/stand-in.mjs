// Inside a container of the trial: what listens on loopback alone, shown to the other containers.
//   stand-in.mjs bank          `assay replica` over /history, at :8600
//   stand-in.mjs clickhouse    the engine that Assay embeds, as a server at :8123 with the stack's two users
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';

const dist = '/app/dist/src';
const secret = (name) => readFileSync(`/run/secrets/${name}`, 'utf8');
const servers = { bank, clickhouse };
const child = servers[process.argv[2]]();
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('exit', (code) => process.exit(code ?? 1));

function bank() {
  relay(8600, 8601);
  const words = [`${dist}/cli/main.js`, 'replica', '--data', '/history', '--port', '8601'];
  return spawn(process.execPath, words, { stdio: 'inherit' });
}

function clickhouse() {
  relay(8123, 8124);
  const dataFolder = '/var/lib/clickhouse';
  mkdirSync(`${dataFolder}/engine`, { recursive: true });
  const accounts = [
    { name: 'assay_app', password: new URL(secret('clickhouse_url')).password, mayWrite: true },
    { name: 'assay_bi', password: secret('clickhouse_bi_password'), mayWrite: false },
  ];
  const config = { dataFolder, engineFolder: `${dataFolder}/engine`, port: 8124, database: 'assay', accounts };
  const engine = spawn(process.execPath, ['--expose-gc', `${dist}/embedded/olap-server.js`], {
    stdio: ['pipe', 'inherit', 'inherit'],
    cwd: dataFolder,
  });
  engine.stdin.write(`${JSON.stringify(config)}\n`);
  return engine;
}

/** Passes requests on under the only name that the server behind answers to. */
function relay(port, behind) {
  createServer((asked, answer) => {
    const { method, url: path } = asked;
    const headers = { ...asked.headers, host: `127.0.0.1:${behind}` };
    const passed = request({ host: '127.0.0.1', port: behind, method, path, headers }, (told) => {
      answer.writeHead(told.statusCode, told.headers);
      told.pipe(answer);
    });
    passed.once('error', () => answer.destroy());
    asked.pipe(passed);
  }).listen(port, '0.0.0.0');
}
