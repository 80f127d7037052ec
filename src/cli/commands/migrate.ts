import { composeSchema } from '../../compose.ts';
import type { CommandContext } from '../command-context.ts';
import { usage } from '../command-context.ts';
import { printJson, printLine, say } from '../output.ts';

/** Lays or renews the schema of a PostgreSQL server as its owner, and grants the roles what they need. */
export async function migrateSchema(context: CommandContext): Promise<void> {
  const { settings } = context.settings();
  const url = settings.databaseOwnerUrl ?? settings.databaseDirectUrl ?? settings.databaseUrl;
  if (url === null) {
    throw usage(
      'No PostgreSQL server is set, and the embedded one is brought up to date by whatever uses it.',
      'Set DATABASE_OWNER_URL to the owner of the database, and DATABASE_URL to the role assay_app.',
    );
  }
  const { applied, left } = await composeSchema(url);
  if (context.json) printJson(context.terminal, { applied, left });
  else {
    const done = applied.length === 0 ? 'The schema was the newest already' : `Applied: ${applied.join(', ')}`;
    say(context.terminal, `${done}; the rights of the roles are as they should be.`);
    if (left.length > 0)
      say(context.terminal, 'An administrator of the server has yet to run, then assay migrate again:');
    for (const statement of left) printLine(context.terminal, statement);
  }
}
