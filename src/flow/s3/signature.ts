/** Signature version 4 of AWS, by the header `authorization`: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
import { createHash, createHmac } from 'node:crypto';
import type { Credentials } from './credentials.ts';

type Headers = { readonly [name: string]: string };

interface Request {
  readonly method: string;
  /** Encoded. */
  readonly path: string;
  readonly query: { readonly [name: string]: string };
  /** In small letters, with `host`. */
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** @param time ms. @returns the headers of a request with what proves who asks. */
export function signed(request: Request, region: string, credentials: Credentials, time: number): Headers {
  const { method, path, query, body } = request;
  const { id, secret, token } = credentials;
  const moment = new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
  const day = moment.slice(0, 8);
  const headers: Headers = {
    ...request.headers,
    'x-amz-content-sha256': hashOf(body),
    'x-amz-date': moment,
    ...(token === undefined ? {} : { 'x-amz-security-token': token }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    path,
    queryOf(query),
    ...names.map((name) => `${name}:${headers[name]!.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', moment, scope, hashOf(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { ...headers, authorization };
}

/** A query as it is signed and sent: in order of name. */
export function queryOf(query: { readonly [name: string]: string }): string {
  return Object.keys(query)
    .toSorted()
    .map((name) => `${encoded(name)}=${encoded(query[name]!)}`)
    .join('&');
}

/** A key as a path. */
export function pathOf(key: string): string {
  return key.split('/').map(encoded).join('/');
}

/** All but letters, digits and `-._~` as `%XX`. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hashOf(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
