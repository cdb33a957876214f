/** Tokens that who asks a server of ours has to know. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A check of what others give against the token, which tells nothing by how long it takes. */
export function tokenCheck(token: string): (given: string) => boolean {
  const wanted = digest(token);
  return (given) => timingSafeEqual(digest(given), wanted);
}

/** Of equal length, so that a comparison tells nothing of the length. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The token in the headers of a request. */
export function bearerOf({ headers: { authorization } }: IncomingMessage): string | undefined {
  // A token that might begin with a space would have all places of a long row of them tried with each other: 16 KB took more than a second.
  return /^Bearer +(\S.*)$/i.exec(authorization ?? '')?.[1];
}
