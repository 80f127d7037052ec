import type { Hono } from 'hono';
import { type AlertsApi, alertPreviewRequestSchema, alertRequestSchema } from '../alerts-contract.ts';
import { readBody } from './request-parameters.ts';

/** Commands of the alerts; what there is to read is among the reads. */
export function addAlertRoutes(app: Hono, alerts: AlertsApi): void {
  app.post('/alerts', async (context) =>
    context.json(await alerts.add(await readBody(context, alertRequestSchema)), 201),
  );
  app.post('/alerts/preview', async (context) =>
    context.json(await alerts.preview(await readBody(context, alertPreviewRequestSchema))),
  );
  app.post('/alerts/:id/test', async (context) => context.json(await alerts.test(context.req.param('id'))));
  const change = (path: string, act: (id: string) => Promise<void>) =>
    app.post(`/alerts/:id/${path}`, async (context) => {
      const ruleId = context.req.param('id') ?? '';
      await act(ruleId);
      return context.json({ ruleId });
    });
  change('on', (id) => alerts.set(id, true));
  change('off', (id) => alerts.set(id, false));
  change('remove', (id) => alerts.remove(id));
  change('retry', (id) => alerts.retry(id));
}
