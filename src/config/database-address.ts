/**
 * The address of a PostgreSQL server with `sslmode` read as PostgreSQL's own clients read it: `require` encrypts,
 * `verify-ca` and `verify-full` check the certificate against `sslrootcert`. The driver alone would check it always.
 */
export function databaseAddress(url: string): string {
  const [address = '', query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  if (!parameters.has('sslmode') || parameters.has('uselibpqcompat')) return url;
  parameters.set('uselibpqcompat', 'true');
  return `${address}?${parameters}`;
}
