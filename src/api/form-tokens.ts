import { createHmac, timingSafeEqual } from 'node:crypto';

/** Proof that a form was drawn by us for this browser: an HMAC over the value of a SameSite cookie. */
export interface FormTokens {
  /** A value for the cookie of a browser that has none. */
  newSession(): string;
  issue(session: string): string;
  verify(session: string, token: string): boolean;
}

export interface FormTokenOptions {
  /** At least 32 random bytes of this installation; tokens live as long as it does. */
  readonly secret: Uint8Array | string;
  /** Unguessable names, for example `randomUUID`. */
  readonly newId: () => string;
}

export function createFormTokens({ secret, newId }: FormTokenOptions): FormTokens {
  const issue = (session: string): string => createHmac('sha256', secret).update(`form:${session}`).digest('base64url');
  return {
    newSession: newId,
    issue,
    verify: (session, token) => {
      const expected = Buffer.from(issue(session));
      const given = Buffer.from(token);
      return session !== '' && given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
