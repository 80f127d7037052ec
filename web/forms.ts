import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import {
  type AssayApi,
  heldDecisionRequestSchema,
  metalSchema,
  type Problem,
  promoteRequestSchema,
  rollbackRequestSchema,
} from '../src/api/contract.ts';
import { addAlertForms } from './alert-forms.ts';

/** What the forms of the pages need: the cookie that names a browser, and the tokens made from it. */
export interface Forms {
  readonly cookie: string;
  readonly tokens: {
    newSession(): string;
    issue(session: string): string;
    verify(session: string, token: string): boolean;
  };
}

const largestFormBytes = 16 * 1024;
type Fields = Readonly<Record<string, string>>;

/** Forms of our own pages: promote, roll back, decide a held record, alerts. Each ends in a redirect, so a reload repeats nothing. */
export function addFormRoutes(
  app: Hono,
  { api, forms }: { readonly api: AssayApi; readonly forms: Forms },
  refuse: (context: Context, problem: Problem) => Promise<Response>,
): void {
  const accept = (path: string, act: (fields: Fields) => Promise<string>): void => {
    app.post(path, async (context) => {
      const fields = await readFields(context);
      const session = getCookie(context, forms.cookie) ?? '';
      if (fields === null || !forms.tokens.verify(session, fields['token'] ?? '')) return refuse(context, expired);
      try {
        return context.redirect(await act(fields), 303);
      } catch (error) {
        if (error instanceof WrongForm) return refuse(context, wrong(error.detail));
        throw error;
      }
    });
  };
  accept('/models/promote', async (fields) => {
    const { reason } = fields;
    const request = parse(promoteRequestSchema.safeParse({ version: Number(fields['version']), reason }));
    await api.promote(metalOf(fields), request.version, request.reason);
    return backTo('/models', fields, 'promoted');
  });
  accept('/models/rollback', async (fields) => {
    const { reason } = parse(rollbackRequestSchema.safeParse({ reason: fields['reason'] }));
    await api.rollback(metalOf(fields), reason);
    return backTo('/models', fields, 'rolledback');
  });
  addAlertForms(accept, parse, api);
  accept('/system/held', async (fields) => {
    const { table, code, date, decision: wanted, reason: why } = fields;
    const request = { table, code, date, revision: Number(fields['revision']), decision: wanted, reason: why };
    const { decision, reason, ...held } = parse(heldDecisionRequestSchema.safeParse(request));
    await api.decideHeld(held, decision, reason);
    return backTo('/system', fields, decision);
  });
}

class WrongForm extends Error {
  readonly detail: string;
  constructor(detail: string) {
    super(detail);
    this.name = 'WrongForm';
    this.detail = detail;
  }
}

async function readFields(context: Context): Promise<Fields | null> {
  if (Number(context.req.header('content-length') ?? '0') > largestFormBytes) return null;
  if (!/^application\/x-www-form-urlencoded\b/i.test(context.req.header('content-type') ?? '')) return null;
  const text = await context.req.text();
  return text.length > largestFormBytes ? null : Object.fromEntries(new URLSearchParams(text));
}

function parse<Value>(
  result:
    | { success: true; data: Value }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } },
): Value {
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new WrongForm(`${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function metalOf(fields: Fields): (typeof metalSchema.options)[number] {
  return parse(metalSchema.safeParse(fields['metal']));
}

function backTo(path: string, { metal, lang }: Fields, done: string): string {
  const query = new URLSearchParams({
    ...(metal !== undefined && metal !== 'gold' && { metal }),
    ...((lang === 'ru' || lang === 'en') && { lang }),
    done,
  });
  return `${path}?${query.toString()}`;
}

const expired: Problem = {
  type: 'about:blank',
  title: 'Forbidden',
  status: 403,
  detail: '',
  code: 'FORM_EXPIRED',
};

function wrong(detail: string): Problem {
  return { type: 'about:blank', title: 'Wrong input', status: 400, detail, code: 'INPUT_INVALID' };
}
