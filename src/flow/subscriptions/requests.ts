import { type IncomingMessage, request as requestOpenly } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { parseJson } from '../../base/json.ts';
import { field } from '../../base/value.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { LONGEST_SILENCE, mayPass, shown, startOf } from '../http/answers.ts';

/** Redirections that are followed, one after the other. */
const MOST_REDIRECTIONS = 5;

/** What cannot stand in a header. */
const NO_HEADER = /[\x00-\x08\x0a-\x1f\x7f]/;

/** How a stream is asked for. */
interface Wanted {
  readonly url: URL;
  readonly token: string | undefined;
  readonly secrets: TlsSecrets;
  /** Of the last event that is known; empty where there is none. */
  readonly id: string;
  readonly signal: AbortSignal;
}

/** An answer that is no stream of events. */
export class NoStream extends Error {
  readonly status: number;
  readonly help: string | undefined;

  constructor(status: number, message: string, help?: string) {
    super(message);
    this.status = status;
    this.help = help;
  }

  /** Whether it is of no use to ask again in the same way. */
  get isFinal(): boolean {
    return !mayPass(this.status);
  }
}

/**
 * Asks for a stream of events.
 *
 * @returns its bytes; undefined where the server says that nobody is to ask any more (status 204). Rejects with {@link NoStream}, or the system's
 * error.
 */
export async function requestEvents(wanted: Wanted): Promise<IncomingMessage | undefined> {
  let { url, token } = wanted;
  for (let count = 0; ; count++) {
    const answer = await requestOnce({ ...wanted, url, token });
    const { statusCode: status = 0, headers } = answer;
    if (status === 200 && /^text\/event-stream\b/i.test(headers['content-type'] ?? '')) return answer;
    if (status === 204) {
      answer.destroy();
      return undefined;
    }
    const next = [301, 302, 303, 307, 308].includes(status) ? urlIn(headers.location, url) : undefined;
    if (next === undefined || count === MOST_REDIRECTIONS) throw await refusalOf(answer);
    answer.destroy();
    // What is secret is this server's alone.
    if (next.origin !== url.origin) token = undefined;
    url = next;
  }
}

function urlIn(location: string | undefined, base: URL): URL | undefined {
  if (location === undefined || !URL.canParse(location, base.href)) return undefined;
  const url = new URL(location, base);
  return /^https?:$/.test(url.protocol) ? url : undefined;
}

function requestOnce({ url, token, secrets, id, signal }: Wanted): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestSecurely : requestOpenly;
  return new Promise((resolve, reject) => {
    const headers = {
      accept: 'text/event-stream',
      'cache-control': 'no-cache',
      ...lastOf(id),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const asking = request({ ...urlToHttpOptions(url), ...secrets, headers, agent: false, signal });
    asking.setTimeout(LONGEST_SILENCE, () =>
      asking.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    );
    asking.once('socket', (socket) => socket.setKeepAlive(true, LONGEST_SILENCE));
    asking.once('error', reject);
    asking.once('response', (answer) => {
      asking.setTimeout(0);
      // From here on a failure is one of the answer.
      asking.on('error', () => {});
      answer.on('error', () => {});
      resolve(answer);
    });
    asking.end();
  });
}

/** Where to go on, as a header says it: in UTF-8 (HTML standard). One that no header can say is not said, and all is begun with anew. */
function lastOf(id: string): { readonly [name: string]: string } {
  return id === '' || NO_HEADER.test(id) ? {} : { 'last-event-id': Buffer.from(id).toString('latin1') };
}

/** What an answer that is no stream says, as leat does where it is one of leat's. */
async function refusalOf(answer: IncomingMessage): Promise<NoStream> {
  const { statusCode: status = 0 } = answer;
  const text = await startOf(answer);
  if (status === 200) return new NoStream(404, `this is no stream of events (${shown(typeOf(answer))})`);
  try {
    const error = field(parseJson(text), 'error');
    const [message, help] = ['message', 'help'].map((name) => field(error, name));
    if (typeof message === 'string')
      return new NoStream(status, shown(message), typeof help === 'string' ? shown(help) : undefined);
  } catch {
    // It is no JSON.
  }
  return new NoStream(status, `the server answers with status ${status}`);
}

function typeOf({ headers }: IncomingMessage): string {
  return headers['content-type'] ?? 'without a type';
}
