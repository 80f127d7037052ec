import { type Command, Option } from 'commander';
import { alertKinds } from '../domain/alerts/alert-rule.ts';
import { group, metalOption, on, rowsOption } from './define-command.ts';
import type { Terminal } from './output.ts';

/** `assay alerts …`: rules, what they would have told, and what they told. */
export function addAlerts(program: Command, terminal: Terminal): void {
  const alerts = group(program, terminal, 'alerts', 'rules that tell you of events, and the messages they sent');
  const load = () => import('./commands/alerts.ts');
  rowsOption(
    on(alerts, terminal, 'list', 'the rules, and which channels are ready', async (context) =>
      (await load()).listAlerts(context),
    ),
  );
  conditionOptions(
    on(alerts, terminal, 'add <kind>', 'make a rule', async (context, options, kind) =>
      (await load()).addAlert(context, options, kind as string),
    ),
  )
    .requiredOption('--to <target>', 'https:// address, e-mail address, or Telegram chat (-100123 or @channel)')
    .option('--name <text>', 'what to call it')
    .option('--quiet <hours>', "hours of Moscow's clock without messages, such as 22:00-08:00");
  conditionOptions(
    on(alerts, terminal, 'preview <kind>', 'what such a rule would have told', async (context, options, kind) =>
      (await load()).previewAlert(context, options, kind as string),
    ),
  ).option('--last <days>', 'days back', '90');
  for (const [name, summary] of Object.entries(ruleCommands)) {
    on(alerts, terminal, `${name} <rule>`, summary, async (context, _options, rule) =>
      (await load()).changeAlert(context, name as keyof typeof ruleCommands, rule as string),
    );
  }
  rowsOption(
    on(alerts, terminal, 'log', 'messages, newest first, with how they fared', async (context) =>
      (await load()).logAlerts(context),
    ),
  );
  on(alerts, terminal, 'retry <message>', 'try a message that was given up again', async (context, _options, message) =>
    (await load()).retryAlert(context, message as string),
  );
}

const ruleCommands = {
  test: 'send a test message of a rule now',
  off: 'turn a rule off',
  on: 'turn a rule on again',
  remove: 'take a rule away, with what it has not delivered',
} as const;

/** What each kind waits for; options of other kinds are refused by the rule's own schema. */
function conditionOptions(command: Command): Command {
  const [kind] = command.registeredArguments;
  kind?.choices([...alertKinds]);
  return metalOption(command)
    .option('--level <roubles>', 'price-crosses: RUB per gram')
    .addOption(new Option('--direction <way>', 'price-crosses').choices(['up', 'down', 'either']))
    .option('--percent <number>', 'change-exceeds: by more than so much, either way')
    .option('--quotes <number>', 'change-exceeds: over so many quotes (1 unless given)')
    .addOption(new Option('--interval <level>', 'interval-breach').choices(['80', '95']))
    .option('--horizon <number>', 'interval-breach: forecast so many quotes before (1 unless given)')
    .addOption(new Option('--side <side>', 'new-record').choices(['high', 'low', 'either']))
    .option('--days <number>', 'new-record: within so many days (all history unless given)')
    .option('--hours <number>', 'stale-data: after the price was expected (24 unless given)');
}
