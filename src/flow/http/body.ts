/** What is sent with a request: read whole, within bounds, and unpacked. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { formatSize } from '../../base/size.ts';
import { codeOf } from '../input/fault.ts';
import { packingOf } from '../packings/packing.ts';
import { ending, Refused } from './refused.ts';

type Unpack = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const unpackGzip: Unpack = promisify(gunzip);
const unpackZlib: Unpack = promisify(inflate);
const unpackRaw: Unpack = promisify(inflateRaw);

/** How a body may be packed, by what `Content-Encoding` calls it. */
const PLAIN = ['', 'identity'];
const UNPACKERS: { readonly [encoding: string]: Unpack } = {
  gzip: unpackGzip,
  'x-gzip': unpackGzip,
  deflate: (bytes, options) => (isZlib(bytes) ? unpackZlib : unpackRaw)(bytes, options),
  br: promisify(brotliDecompress),
};

/** Whether deflated data has the head of zlib, as it should (RFC 9110); some send it without. */
function isZlib(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

function encodingOf({ headers }: IncomingMessage): string {
  return (headers['content-encoding'] ?? '').trim().toLowerCase();
}

function tooLarge(most: number): Refused {
  return new Refused(413, `a body has ${formatSize(most)} at most`);
}

/** Refuses what can be told by its headers. @throws Refused. */
export function checkBody(request: IncomingMessage, most: number): void {
  const encoding = encodingOf(request);
  if (!PLAIN.includes(encoding) && !Object.hasOwn(UNPACKERS, encoding))
    throw new Refused(415, 'a body may be packed by gzip, deflate or br', { 'accept-encoding': 'gzip, deflate, br' });
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(most);
}

/**
 * Reads a body to its end.
 *
 * @param most bytes.
 * @param hold told of each piece, bytes; throws where there is no room for it.
 * @returns what came, packed as it was. Rejects with `Refused`, or with the error of a connection that broke.
 */
export function readBody(
  request: IncomingMessage,
  most: number,
  hold: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const settle = (done: () => void) => {
      request.off('data', take);
      signal.removeEventListener('abort', stop);
      done();
    };
    const stop = () => settle(() => reject(ending()));
    const take = (piece: Buffer) => {
      length += piece.length;
      try {
        if (length > most) throw tooLarge(most);
        hold(piece.length);
        pieces.push(piece);
      } catch (error) {
        settle(() => reject(error));
      }
    };
    request.on('data', take);
    request.once('end', () => settle(() => resolve(Buffer.concat(pieces, length))));
    request.once('error', (error) => settle(() => reject(error)));
    request.once('close', () => settle(() => reject(new Error('the connection broke'))));
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
}

/** Whether a body is packed: its headers say so, or it is a file of gzip that somebody sends as it is. */
export function isPacked(request: IncomingMessage, body: Buffer): boolean {
  return !PLAIN.includes(encodingOf(request)) || packingOf(body) === 'gzip';
}

/** A body without its packing, of `most` bytes. Rejects with `Refused` where it is longer, damaged, or packed twice. */
export async function unpackBody(request: IncomingMessage, body: Buffer, most: number): Promise<Buffer> {
  const named = encodingOf(request);
  const encoding = PLAIN.includes(named) ? 'gzip' : named;
  let plain: Buffer;
  try {
    plain = body.length === 0 ? body : await UNPACKERS[encoding]!(body, { maxOutputLength: most });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(most);
    throw new Refused(400, `the body is no whole ${encoding} data`);
  }
  if (packingOf(plain) === 'gzip') throw new Refused(415, 'a body may be packed once, not twice');
  return plain;
}
