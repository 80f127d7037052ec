const maxCookies = 32;
const maxCookieLength = 4096;

export interface CookieJar {
  /** Takes what an answer set: names given again replace, expired ones go. */
  store(headers: Headers, nowMs: number): void;
  /** Value of the Cookie header, or null when there is nothing to send. */
  header(): string | null;
}

/**
 * Keeps the cookies of one host for one process: the guard in front of the Bank marks a visitor by them.
 * Domain and Path are not looked at, because cookies are only ever sent back to the one host that set them.
 */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, string>();
  return {
    store(headers, nowMs) {
      for (const line of headers.getSetCookie()) {
        const cookie = /^\s*([^=;\s]+)=([^;]*)/.exec(line);
        if (cookie === null || line.length > maxCookieLength) continue;
        const [, name = '', value = ''] = cookie;
        cookies.delete(name);
        if (!isExpired(line, nowMs) && cookies.size < maxCookies) cookies.set(name, value.trim());
      }
    },
    header() {
      if (cookies.size === 0) return null;
      return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    },
  };
}

function isExpired(line: string, nowMs: number): boolean {
  const maxAge = /;\s*max-age=(-?\d+)/i.exec(line)?.[1];
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = /;\s*expires=([^;]+)/i.exec(line)?.[1];
  return expires !== undefined && Date.parse(expires) <= nowMs;
}
