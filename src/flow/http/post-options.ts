/** What the arguments of servers of HTTP have in common that records are posted to. */
import { filledIn, secret } from '../connections/secrets.ts';
import { tlsFiles, tlsOfServer } from '../connections/tls.ts';
import { type Bound, size, text } from '../define/parameters.ts';
import { clientsParameter } from '../sockets/server.ts';
import { maxUnfinishedOf } from '../sockets/text.ts';
import type { PostServerSettings } from './post-server.ts';

export const postParameters = {
  host: text('the address to listen on', { named: true, apart: true }).or('127.0.0.1'),
  token: secret('what who sends has to know; `${NAME}` stands for a variable of the environment', {
    named: true,
    apart: true,
  }).optional(),
  clients: clientsParameter,
  maxBody: size('the most bytes of a request, also when it is unpacked', { named: true, apart: true }).or(
    16 * 1024 * 1024,
  ),
  maxUnfinished: size('the most bytes of requests that are on their way, of all together; 64 MB unless given', {
    named: true,
    apart: true,
  }).optional(),
  ...tlsOfServer,
};

/** What a server is told by them. @throws RunFailure where a variable of the token is not set. */
export function postSettings({ host, token, clients, maxBody, maxUnfinished, ...files }: Bound<typeof postParameters>) {
  return {
    host,
    clients,
    maxBody,
    maxHeld: maxUnfinishedOf({ maxUnfinished, maxLine: maxBody }),
    secure: tlsFiles(files),
    token: token === undefined ? undefined : filledIn(token),
  } satisfies Partial<PostServerSettings>;
}
