import type { IncomingMessage, ServerResponse } from 'node:http';
import { wallClock } from '../../base/clock.ts';
import type { Refused } from './refused.ts';

/** So long may an answer take to be read, ms. */
const SLOW_READER = 10_000;
/** Of a body that is refused so much is still read, bytes, for so long, ms: a client that is cut off while it sends does not read why. */
const PASSED_OVER = 4 * 1024 * 1024;
const LAST_WORD = 1000;

export const TEXT = 'text/plain; charset=utf-8';

/** What is answered where a request was taken; 204 with nothing unless it says more. */
export interface Reply {
  readonly body?: { readonly type: string; readonly bytes: Buffer };
  readonly headers?: { readonly [name: string]: string };
}

export function send(response: ServerResponse, status: number, { body, headers }: Reply): void {
  if (response.destroyed) return;
  const head = body === undefined ? {} : { 'content-type': body.type, 'content-length': body.bytes.length };
  response.setTimeout(SLOW_READER, () => response.destroy());
  response.writeHead(status, { ...head, ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body?.bytes);
}

/** Says why a request is not taken. What still comes of its body is passed over for a while, so that who sends it reads that. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, message, headers }: Refused,
  body: NonNullable<Reply['body']> = { type: TEXT, bytes: Buffer.from(`${message}\n`) },
): void {
  const { type, bytes } = body;
  // Who asks before sending a body sends none.
  if (request.complete || response.destroyed || request.headers.expect !== undefined) {
    send(response, status, { body, headers });
    return;
  }
  response.writeHead(status, {
    ...headers,
    'content-type': type,
    'content-length': bytes.length,
    connection: 'close',
  });
  response.write(bytes);
  let passed = 0;
  const end = () => {
    callOff();
    response.end();
  };
  const callOff = wallClock.at(wallClock.now() + LAST_WORD, end);
  request.on('data', (piece: Buffer) => {
    passed += piece.length;
    if (passed > PASSED_OVER) end();
  });
  request.once('close', end);
  request.resume();
}
