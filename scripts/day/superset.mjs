import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../freshness.mjs';

/** Charts of a stack's Superset, over its REST API, by their files in deploy/superset. */
export async function openSuperset(stack) {
  const url = stack.url('superset');
  const { access_token } = await asked(`${url}/api/v1/security/login`, {
    ...{ username: 'admin', password: stack.secret('superset_admin_password'), provider: 'db', refresh: false },
  });
  const bearer = { authorization: `Bearer ${access_token}` };
  const token = await fetch(`${url}/api/v1/security/csrf_token/`, { headers: bearer });
  const cookie = token.headers.getSetCookie().map((each) => each.split(';')[0]);
  const headers = { ...bearer, cookie: cookie.join('; '), referer: url, 'x-csrftoken': (await token.json()).result };
  const charts = [];
  for (const page of [0, 1]) {
    const columns = 'columns:!(id,uuid)';
    charts.push(
      ...(await asked(`${url}/api/v1/chart/?q=(page:${page},page_size:100,${columns})`, undefined, headers)).result,
    );
  }
  return {
    /** Rows of a chart as the filter of its dashboard would ask for a metal, before they are arranged for drawing. */
    async rows(chart, metal) {
      const file = join(packageFolder, 'deploy', 'superset', 'assets', 'charts', 'en', `${chart}.yaml`);
      const uuid = /^uuid: "?([0-9a-f-]{36})/m.exec(readFileSync(file, 'utf8'))?.[1];
      const { id } = charts.find((each) => each.uuid === uuid);
      const saved = await asked(`${url}/api/v1/chart/${id}`, undefined, headers);
      const context = JSON.parse(saved.result.query_context);
      context.force = true;
      context.queries[0].post_processing = [];
      if (metal !== undefined) context.queries[0].filters.push({ col: 'metal_name', op: 'IN', val: [metal] });
      const { result } = await asked(`${url}/api/v1/chart/data`, context, headers);
      return result[0].data;
    },
  };
}

async function asked(url, body, headers = {}) {
  const answer = await fetch(url, {
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new TypeError(`Superset: ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
