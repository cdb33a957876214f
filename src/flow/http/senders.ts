/** Who may send to a server of ours. */
import type { IncomingMessage } from 'node:http';
import { isLoopback, isOwnName } from '../sockets/address.ts';
import { Refused } from './refused.ts';
import { bearerOf, tokenCheck } from './tokens.ts';

/**
 * A check of who sends: by a token where there is one, which stands in a header or in the address. Without, a page in a browser of this machine must not be able
 * to send what its user does not know of: one of another origin is refused, and where only this machine can connect, a name that somebody else made lead here.
 *
 * @param host that the server listens on.
 * @returns what throws `Refused` for who may not.
 */
export function checkOfSenders(host: string, token: string | undefined): (request: IncomingMessage, url: URL) => void {
  const isRight = token === undefined ? undefined : tokenCheck(token);
  return (request, url) => {
    if (isRight === undefined) {
      checkPage(request, host);
      return;
    }
    const given = bearerOf(request) ?? url.searchParams.get('token');
    if (given !== null && isRight(given)) return;
    throw new Refused(
      401,
      given === null ? 'a token is needed: `Authorization: Bearer TOKEN`, or ?token=TOKEN' : 'the token is another one',
      { 'www-authenticate': 'Bearer realm="leat"' },
    );
  };
}

function checkPage({ headers }: IncomingMessage, host: string): void {
  const { origin } = headers;
  if (origin !== undefined && /^https?:\/\/(.+)$/.exec(origin)?.[1] !== headers.host)
    throw new Refused(403, 'a page in a browser may send here only with a token');
  if (!isLoopback(host)) return;
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (isOwnName(name) || name.replace(/^\[|\]$/g, '') === host) return;
  throw new Refused(
    403,
    'this server goes by its address only, as leat shows it: behind another server give it a token',
  );
}
