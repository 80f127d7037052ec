import type { Context, Hono } from 'hono';
import { type AlertsApi, alertPreviewRequestSchema, alertRequestSchema } from '../alerts-contract.ts';
import { refuseParameter } from '../problem.ts';
import { readBody } from './request-parameters.ts';

/** Commands of the alerts; what there is to read is among the reads. */
export function addAlertRoutes(app: Hono, alerts: AlertsApi): void {
  app.post('/alerts', async (context) =>
    context.json(await alerts.add(await readBody(context, alertRequestSchema)), 201),
  );
  app.post('/alerts/preview', async (context) =>
    context.json(await alerts.preview(await readBody(context, alertPreviewRequestSchema))),
  );
  app.post('/alerts/:id/test', async (context) => context.json(await alerts.test(idOf(context))));
  const change = (path: string, act: (id: string) => Promise<void>) =>
    app.post(`/alerts/:id/${path}`, async (context) => {
      const ruleId = idOf(context);
      await act(ruleId);
      return context.json({ ruleId });
    });
  change('on', (id) => alerts.set(id, true));
  change('off', (id) => alerts.set(id, false));
  change('remove', (id) => alerts.remove(id));
  change('retry', (id) => alerts.retry(id));
}

/** Ids are made by us and short; anything longer is none, and is not carried further. */
function idOf(context: Context): string {
  const id = context.req.param('id') ?? '';
  if (id.length < 1 || id.length > 100) throw refuseParameter('id', id.slice(0, 100), '1 to 100 characters');
  return id;
}
