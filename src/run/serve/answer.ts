import type { IncomingMessage, ServerResponse } from 'node:http';
import { toJson } from '../../base/json.ts';
import type { Refusal } from './refusal.ts';

/** What is answered in one piece. */
export interface Answer {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: { readonly [name: string]: string };
}

/** So long may an answer take to be read, ms of nothing being taken. */
const SLOW_READER = 30_000;

/** Of all answers: what is data is no page, whatever it looks like, and nobody else keeps or shows it. */
export const COMMON_HEADERS: { readonly [name: string]: string } = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** Sends it, but for its body where only its headers were asked for. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status = 200, type, body, headers }: Answer,
): void {
  // Who went while it was made.
  if (response.destroyed) return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { ...COMMON_HEADERS, 'content-type': type, 'content-length': bytes.length, ...headers });
  response.setTimeout(SLOW_READER, () => response.destroy());
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

export function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { status, headers, data } = refusal;
  send(request, response, { status, type: 'application/json; charset=utf-8', body: `${toJson(data)}\n`, headers });
}
