import { Command, Option } from 'commander';
import { packageVersion } from '../config/package-root.ts';
import { addAlerts } from './alerts-commands.ts';
import { group, metalOption, on, rowsOption, slotOptions, tame, watchOption } from './define-command.ts';
import { addExamples } from './examples.ts';
import type { Terminal } from './output.ts';

/** The whole command line; each command's code is loaded when it is called. */
export function createProgram(terminal: Terminal): Command {
  const program = tame(new Command('assay'), terminal)
    .description('The official gold price of the Bank of Russia: collected, explained and honestly forecast.')
    .version(packageVersion, '-V, --version')
    .option('--config <file>', 'configuration file (default: assay.json in this folder)')
    .option('--data <folder>', 'data folder')
    .option('--cbr-url <address>', "the Bank's service, or a replica")
    .addOption(new Option('--lang <language>', 'language of the pages').choices(['ru', 'en']))
    .addOption(new Option('--now <instant>', 'stop the clock at an instant').hideHelp())
    .option('--json', 'print JSON', false);
  addServices(program, terminal);
  addFlows(program, terminal);
  addModels(program, terminal);
  addMarket(program, terminal);
  addPanels(program, terminal);
  addCare(program, terminal);
  addTools(program, terminal);
  addAlerts(program, terminal);
  addExamples(program);
  return program;
}

function addServices(program: Command, terminal: Terminal): void {
  on(program, terminal, 'up', 'start the services and keep them running', async (context, options) => {
    if (options['once'] === true) return (await import('./commands/once.ts')).once(context, { simulated: false });
    return (await import('./commands/up.ts')).up(context, { simulated: false });
  })
    .option('--once', 'run the main job once, print a JSON summary, and stop')
    .option('--host <address>', 'address to listen on')
    .option('--port <number>', 'port of the dashboard');
  on(program, terminal, 'demo', 'the same over SIMULATED data, in a folder of its own', async (context, options) => {
    if (options['once'] === true) return (await import('./commands/once.ts')).once(context, { simulated: true });
    return (await import('./commands/up.ts')).up(context, { simulated: true });
  })
    .option('--once', 'run the main job once, print a JSON summary, and stop')
    .option('--port <number>', 'port of the dashboard');
  on(program, terminal, 'serve', 'the dashboard and the API alone, over what is there', async (context) =>
    (await import('./commands/serve.ts')).serve(context),
  )
    .option('--host <address>', 'address to listen on')
    .option('--port <number>', 'port of the dashboard');
}

function addFlows(program: Command, terminal: Terminal): void {
  const flow = (name: string, summary: string) =>
    slotOptions(
      on(program, terminal, name, summary, async (context, options) =>
        (await import('./commands/run-flow.ts')).runFlow(context, name, options),
      ),
    );
  const ranged = (command: Command) =>
    command.option('--from <date>', 'first day, YYYY-MM-DD').option('--to <date>', 'last day, YYYY-MM-DD');
  ranged(flow('sync', 'fetch from the Bank into the lake, and load what is new')).option(
    '--load-only',
    'load from the lake without asking the Bank',
  );
  ranged(flow('transform', 'build the typed and the readers\u2019 tables, and check them'));
  flow('publish', 'load the analytical engine, reconcile it, and write Parquet');
  metalOption(flow('train', 'compare the models on past quotes'))
    .option(
      '--models <list>',
      'all, quick, or names with commas; ./my-model.mjs and exec:./my_model.py are models of your own',
      'all',
    )
    .option('--explain', 'then print the decision with every candidate\u2019s losses by horizon and its tests');
  metalOption(flow('forecast', 'forecast the next quotes with the champion')).option(
    '--horizon <number>',
    'quotes ahead, 1 to 14',
  );
  flow('score', 'compare past forecasts with the facts that arrived');
  flow('notify', 'hold the alert rules against what is known, and deliver what is due');
  metalOption(flow('daily', 'all of the above in order'))
    .option('--metals <list>', 'several metals, comma separated')
    .option('--models <list>', 'who competes: all, quick, or names with commas')
    .addOption(
      new Option('--train <when>', 'always, or only metals without a champion').choices(['always', 'if-needed']),
    );
  addTournament(program, terminal);
}

/** One tournament on many machines: laid out, computed in parts, joined. */
function addTournament(program: Command, terminal: Terminal): void {
  const tournament = group(program, terminal, 'tournament', 'one tournament shared by many machines');
  metalOption(
    on(tournament, terminal, 'plan', 'lay a tournament out in shards', async (context, options) =>
      (await import('./commands/tournament.ts')).plan(context, options),
    ),
  )
    .option('--models <list>', 'all, quick, or names with commas', 'all')
    .option('--shards <number>', 'how many parts at most', '8');
  on(tournament, terminal, 'shard', 'compute one part of a plan into the lake', async (context, options) =>
    (await import('./commands/tournament.ts')).shard(context, options),
  )
    .requiredOption('--plan <plan>', 'the plan, as `assay tournament plan` names it')
    .requiredOption('--shard <part>', 'which part: 2/8 is the second of eight');
  slotOptions(
    on(tournament, terminal, 'join', 'join the parts of a plan, and judge', async (context, options) =>
      (await import('./commands/run-flow.ts')).runFlow(context, 'train', options),
    ),
  ).requiredOption('--plan <plan>', 'the plan, as `assay tournament plan` names it');
}

function addModels(program: Command, terminal: Terminal): void {
  slotOptions(
    metalOption(
      on(
        program,
        terminal,
        'promote [version]',
        'make a model version the champion',
        async (context, options, version) =>
          (await import('./commands/run-flow.ts')).runFlow(context, 'promote', { ...options, version }),
      ),
    ),
  )
    .option('--reason <text>', 'why, for the record')
    .option('--force', 'against the gate, on the record');
  slotOptions(
    metalOption(
      on(program, terminal, 'rollback', 'bring the former champion back', async (context, options) =>
        (await import('./commands/run-flow.ts')).runFlow(context, 'rollback', options),
      ),
    ),
  ).option('--reason <text>', 'why, for the record');
  const compare = on(
    program,
    terminal,
    'compare [models...]',
    'the latest tournament as a table',
    async (context, options, models) => (await import('./commands/compare.ts')).compare(context, options, models),
  );
  rowsOption(metalOption(compare));
}

function addMarket(program: Command, terminal: Terminal): void {
  const show = on(
    program,
    terminal,
    'show [metal]',
    'prices in the terminal: a chart, or all metals',
    async (context, options, metal) =>
      (await import('./commands/show.ts')).show(context, options, metal as string | undefined),
  );
  watchOption(rowsOption(show))
    .addOption(
      new Option('--last <span>', 'how much of the history')
        .choices(['1m', '3m', '6m', '1y', '5y', 'all'])
        .default('1y'),
    )
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .option('--log', 'logarithmic axis')
    .addOption(
      new Option('--style <style>', 'how the chart is drawn').choices(['braille', 'blocks']).default('braille'),
    )
    .option('--height <rows>', 'rows of the chart', '16');
  const nowcast = on(
    program,
    terminal,
    'nowcast',
    'what of the next price is already fixed, and what is not',
    async (context, options) => (await import('./commands/nowcast.ts')).nowcast(context, options),
  );
  slotOptions(watchOption(metalOption(nowcast)));
  metalOption(
    on(program, terminal, 'backtest', 'forecast past quotes from what was known then', async (context, options) =>
      (await import('./commands/backtest.ts')).backtest(context, options),
    ),
  )
    .requiredOption('--from <date>', 'cutoff of the first origin, YYYY-MM-DD')
    .requiredOption('--to <date>', 'cutoff of the last origin, YYYY-MM-DD')
    .option('--models <list>', 'names with commas, or all', 'naive,parity')
    .addOption(
      new Option('--drivers <which>', "with London's prices and the exchange's closes, or without")
        .choices(['all', 'none'])
        .default('all'),
    )
    .option(
      '--at <HH:MM>',
      'Moscow time, on the day the last price was published, at which each origin stands',
      '18:15',
    )
    .option('--horizon <number>', 'quotes ahead', '14')
    .option('--out <file>', 'CSV of means and quantiles')
    .option('--ndjson', 'print one JSON document in each line');
}

function addPanels(program: Command, terminal: Terminal): void {
  on(program, terminal, 'benchmark', 'forecast any panel of series, and score it', async (context, options) =>
    (await import('./commands/benchmark.ts')).benchmark(context, options),
  )
    .requiredOption('--panel <file>', 'CSV with the columns unique_id,ds,y')
    .requiredOption('--horizon <number>', 'steps ahead')
    .requiredOption('--season <number>', 'observations in one season; 1 for none')
    .option('--test <file>', 'the values that came after, for scores against Naive2')
    .option('--models <list>', 'auto, all, or names with commas; theta:scale=level gives a parameter', 'auto')
    .option('--out <file>', 'CSV of means and quantiles');
}

function addCare(program: Command, terminal: Terminal): void {
  const runs = on(
    program,
    terminal,
    'runs [run]',
    'what ran: runs x steps, or one run with its log',
    async (context, options, run) => (await import('./commands/runs.ts')).runs(context, options, run),
  );
  watchOption(rowsOption(runs));
  on(program, terminal, 'init', 'ask what is needed and write assay.json', async (context, options) =>
    options['compose'] === true
      ? (await import('./commands/init-compose.ts')).initCompose(context, options)
      : (await import('./commands/init.ts')).init(context, options),
  )
    .option('--compose', 'write the secrets and the .env of compose.yaml instead; what is there stays')
    .addOption(new Option('--profile <name>', 'with --compose: which services').choices(['core', 'full']))
    .option('--folder <folder>', 'with --compose: the folder of compose.yaml (default: this one)')
    .option('--host <address>', 'address to listen on')
    .option('--port <number>', 'port of the dashboard')
    .option('--lbma-url <address>', "London's prices as a driver; their terms are yours to accept")
    .option('--moex-url <address>', "the Moscow Exchange's closes as a driver; its terms are yours to accept")
    .option('--yes', 'ask nothing: take the flags and the defaults')
    .option('--force', 'replace a file that is there');
  on(program, terminal, 'doctor', 'what is set, what is healthy, and what to do next', async (context) =>
    (await import('./commands/doctor.ts')).doctor(context),
  );
  on(program, terminal, 'migrate', 'lay or renew the schema of a PostgreSQL server, as its owner', async (context) =>
    (await import('./commands/migrate.ts')).migrateSchema(context),
  );
  on(
    program,
    terminal,
    'reader',
    'let BI tools read as assay_bi: addresses, and files with passwords',
    async (context) => (await import('./commands/reader.ts')).reader(context),
  );
  on(
    program,
    terminal,
    'migrate-store',
    'move the warehouse and the lake to where another configuration says',
    async (context, options) => (await import('./commands/migrate-store.ts')).migrateStore(context, options),
  ).requiredOption('--to <file>', 'the assay.json of the target: databaseUrl and lakeUrl, or another data folder');
  on(
    program,
    terminal,
    'backup <folder>',
    'write the database and the lake into a folder',
    async (context, _options, folder) => (await import('./commands/backup.ts')).backup(context, folder as string),
  );
  on(
    program,
    terminal,
    'restore <folder>',
    'bring such a folder back into an empty data folder',
    async (context, _options, folder) => (await import('./commands/backup.ts')).restore(context, folder as string),
  );
}

function addTools(program: Command, terminal: Terminal): void {
  on(
    program,
    terminal,
    'tracking [export|import]',
    "MLflow's tracking and registry alone; or copy between tracking servers, ours or MLflow",
    async (context, options, direction) => {
      if (direction !== undefined) {
        return (await import('./commands/tracking-copy.ts')).trackingCopy(context, direction as string, options);
      }
      const ui = typeof options['ui'] === 'string' ? options['ui'] : null;
      return (await import('./commands/tracking.ts')).tracking(context, { ui });
    },
  )
    .option('--ui <folder>', "show MLflow's own pages at the root: the folder of an installed MLflow")
    .option('--host <address>', 'address to listen on')
    .option('--tracking-port <number>', 'port (default 5000, 0: any free one)')
    .option('--from <address>', 'server to copy from (export: ours)')
    .option('--to <address>', 'server to copy to (import: ours)');
  metalOption(
    on(program, terminal, 'report', 'one page of A4 about a metal, as HTML or PDF', async (context, options) =>
      (await import('./commands/report.ts')).report(context, options),
    ),
  ).requiredOption('--out <file>', 'where to: a name that ends in .html or .pdf (a PDF needs a Chromium)');
  metalOption(
    on(program, terminal, 'export <table>', 'rows of quotes, months or forecast', async (context, options, table) =>
      (await import('./commands/export.ts')).exportTable(context, table as string, options),
    ),
  )
    .addOption(new Option('--format <format>', 'format').choices(['csv', 'json', 'ndjson']).default('csv'))
    .option('--from <date>', 'first day')
    .option('--to <date>', 'last day')
    .option('--out <file>', 'file (default: stdout)');
  on(program, terminal, 'manifest', 'the flows, their steps and schedules, for other schedulers', async (context) =>
    (await import('./commands/manifest.ts')).manifest(context, program),
  );
  on(
    program,
    terminal,
    'replica',
    "serve a folder of history in the Bank's own HTTP shapes",
    async (context, options) => (await import('./commands/replica.ts')).replica(context, options),
  )
    .option('--port <number>', 'port (default: 8600, 0: any free one)')
    .option('--today <date>', 'what is already public: YYYY-MM-DD, or "YYYY-MM-DD HH:MM" in Moscow')
    .option('--faults <list>', 'faults to show, such as challenge:2,truncate:1');
  on(
    program,
    terminal,
    'completion <shell>',
    'completion script for bash, zsh or fish',
    async (context, _options, shell) =>
      (await import('./commands/completion.ts')).completion(context, program, shell as string),
  );
}
