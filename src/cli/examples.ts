import type { Command } from 'commander';
import { pathOf } from './define-command.ts';

/** A command line and, where it does not speak for itself, what it does. */
export type Example = readonly [line: string, meaning?: string];

/** By the words that name the command; every command has at least one. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  assay: [
    ['assay up', 'start everything, then open the address it prints'],
    ['assay up --once', 'run the main job once and print a JSON summary'],
    ['assay show gold', 'the last year as a chart in the terminal'],
    ['assay replica --data ./history', "serve a folder in the Bank's own shapes"],
    ['assay doctor', 'what is set, where from, what is healthy, what to do'],
  ],
  'assay up': [
    ['assay up', 'until Ctrl-C'],
    ['assay up --port 9000 --data ~/gold'],
    ['assay up --once | jq .next', 'the main job once, and the next price'],
  ],
  'assay demo': [['assay demo'], ['assay demo --once']],
  'assay serve': [['assay serve --port 9000', 'the pages over what is there; nothing is fetched']],
  'assay init': [
    ['assay init --compose', 'secrets for docker compose; the second run changes nothing'],
    ['assay init', 'asks, then writes assay.json'],
    ['assay init --yes --lang en --port 9000', 'asks nothing'],
    ['assay init --yes --lbma-url https://prices.lbma.org.uk --force', 'replaces the file'],
  ],
  'assay reader': [['assay reader', 'once; the passwords stay'], ['assay reader --json']],
  'assay migrate-store': [
    ['assay migrate-store --to servers.json', 'from this machine to servers, counts and hashes compared'],
    ['assay migrate-store --config servers.json --to embedded.json', 'and back'],
  ],
  'assay migrate': [['assay migrate', 'with DATABASE_OWNER_URL set, before the services of a new version']],
  'assay sync': [
    ['assay sync', 'what is new'],
    ['assay sync --from 2008-07-01 --to 2009-01-01', 'a range, again'],
    ['assay sync --load-only', 'from the lake, without asking the Bank'],
  ],
  'assay transform': [['assay transform'], ['assay transform --from 2024-01-01']],
  'assay publish': [['assay publish']],
  'assay train': [
    ['assay train --metal silver'],
    ['assay train --models quick --explain', 'and why the winner won'],
    ['assay train --models theta,ets,./my-model.mjs', 'with a model of your own'],
  ],
  'assay tournament plan': [
    ['assay tournament plan --shards 8 --json | jq -r .plan', 'and leaves the plan in the lake'],
  ],
  'assay tournament shard': [
    ['assay tournament shard --plan gold-2025-06-28-1f0c9a2b3c4d-5e6f708192a3 --shard 2/8', 'on any machine'],
  ],
  'assay tournament join': [['assay tournament join --plan gold-2025-06-28-1f0c9a2b3c4d-5e6f708192a3']],
  'assay promote': [
    ['assay promote', 'the winner of the last tournament'],
    ['assay promote 7 --reason "fewer surprises in spring"'],
  ],
  'assay rollback': [['assay rollback --reason "worse since Monday"']],
  'assay compare': [['assay compare'], ['assay compare theta ets naive'], ['assay compare --ndjson | jq -r .model']],
  'assay forecast': [['assay forecast'], ['assay forecast --metal platinum --json']],
  'assay score': [['assay score']],
  'assay notify': [['assay notify', 'also done after each daily run, and by the schedule']],
  'assay alerts list': [['assay alerts list']],
  'assay alerts add': [
    ['assay alerts add price-crosses --level 9000 --direction up --to me@example.org'],
    ['assay alerts add change-exceeds --percent 3 --to -1001234567890 --quiet 22:00-08:00'],
    ['assay alerts add stale-data --hours 24 --to https://hooks.example.org/gold'],
  ],
  'assay alerts preview': [['assay alerts preview change-exceeds --percent 3 --last 365']],
  'assay alerts test': [['assay alerts test 1f0c9a2b']],
  'assay alerts off': [['assay alerts off 1f0c9a2b']],
  'assay alerts on': [['assay alerts on 1f0c9a2b', 'what it missed meanwhile is not told']],
  'assay alerts remove': [['assay alerts remove 1f0c9a2b']],
  'assay alerts log': [['assay alerts log'], ['assay alerts log --ndjson | jq -r .state']],
  'assay alerts retry': [['assay alerts retry 5b0e…', 'the id of the message in the log']],
  'assay daily': [['assay daily', 'everything in order, as the schedule does']],
  'assay show': [
    ['assay show', 'all metals, each with its last quarter in a line'],
    ['assay show gold --last 5y --log'],
    ['assay show silver --from 2020-01-01 --to 2020-12-31 --style blocks'],
    ['assay show gold --last all --ndjson | tail -1'],
  ],
  'assay nowcast': [
    ['assay nowcast'],
    ['assay nowcast --watch 300', 'every five minutes, until the price is fixed and beyond'],
  ],
  'assay backtest': [
    ['assay backtest --from 2025-01-01 --to 2025-06-01 --out rows.csv'],
    ['assay backtest --from 2025-05-01 --to 2025-06-01 --horizon 1 --ndjson'],
  ],
  'assay benchmark': [
    ['assay benchmark --panel sales.csv --horizon 13 --season 52'],
    ['assay benchmark --panel train.csv --test test.csv --horizon 18 --season 12 --models theta,ets --json'],
  ],
  'assay runs': [
    ['assay runs'],
    ['assay runs --watch', 'as they go'],
    ['assay runs daily-1f0c…', 'one run with its steps and log'],
    ['assay runs --ndjson | jq -r .status'],
  ],
  'assay doctor': [['assay doctor'], ['assay doctor --json | jq .checks']],
  'assay backup': [['assay backup ./backup-2025-06-28']],
  'assay tracking': [
    ['assay tracking --ui ~/mlflow/lib/python3.12/site-packages/mlflow', "with MLflow's own pages at the root"],
    ['assay tracking export --to http://127.0.0.1:5001'],
    ['assay tracking import --from http://127.0.0.1:5001'],
  ],
  'assay restore': [['assay restore ./backup-2025-06-28 --data ./new-folder']],
  'assay report': [
    ['assay report --out gold.html', 'one page of A4, for any browser'],
    ['assay report --metal silver --lang en --out silver.pdf', 'needs a Chromium'],
  ],
  'assay export': [
    ['assay export quotes > gold.csv'],
    ['assay export months --metal silver --out silver.csv'],
    ['assay export quotes --from 2025-01-01 --format ndjson'],
  ],
  'assay manifest': [['assay manifest > flows.json']],
  'assay replica': [
    ['assay replica --data ./history'],
    ['assay replica --data ./history --port 0 --today "2025-06-20 17:00" --faults challenge:2'],
  ],
  'assay completion': [
    ['assay completion bash >> ~/.bashrc'],
    ['assay completion zsh > ~/.zsh/completions/_assay', 'a folder of your fpath'],
    ['assay completion fish > ~/.config/fish/completions/assay.fish'],
  ],
};

export const exitCodes =
  '0 ok, 1 failure, 2 usage, 3 check failed, 4 source unavailable, 5 gate refused, 6 not ready: data or a champion is still missing, 130 interrupted';

/** Adds its examples to the help of every command, and the exit codes to the program's. */
export function addExamples(command: Command): void {
  const own = examples[pathOf(command)] ?? [];
  const longest = Math.max(0, ...own.filter(([, meaning]) => meaning).map(([line]) => line.length));
  const lines = own.map(([line, meaning]) =>
    meaning === undefined ? `  ${line}` : `  ${line.padEnd(longest)}  ${meaning}`,
  );
  const parts = [
    ...(lines.length === 0 ? [] : ['', lines.length === 1 ? 'Example:' : 'Examples:', ...lines]),
    ...(command.parent === null ? ['', `Exit codes: ${exitCodes}.`] : []),
  ];
  if (parts.length > 0) command.addHelpText('after', parts.join('\n'));
  for (const inner of command.commands) addExamples(inner);
}
