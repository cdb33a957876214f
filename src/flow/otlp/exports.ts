/** What exporters of OpenTelemetry send over HTTP (OTLP/HTTP, https://opentelemetry.io/docs/specs/otlp/#otlphttp), and what they are answered. */
import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { JsonError, parseJson, toJson } from '../../base/json.ts';
import { formatSize } from '../../base/size.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import type { Post, Taken } from '../http/post-server.ts';
import { Refused } from '../http/refused.ts';
import type { Reply } from '../http/reply.ts';
import { orAbort } from '../input/reading.ts';
import { receive } from '../input/receiving.ts';
import { CountedWriter } from '../sockets/counted.ts';
import { openJson } from './json-part.ts';
import { LOGS, METRICS, TRACES } from './messages.ts';
import { type Part, SMALL, TooLong } from './parts.ts';
import { NoMessage, openMessage } from './protobuf.ts';
import { recordsOf, type Signal } from './records.ts';

const JSON_TYPE = 'application/json';
const BINARY_TYPE = 'application/x-protobuf';

const MESSAGES = { logs: LOGS, traces: TRACES, metrics: METRICS };
/** How an answer calls those that were not taken. */
const REJECTED = { logs: 'rejectedLogRecords', traces: 'rejectedSpans', metrics: 'rejectedDataPoints' };

/** What is said of a resource stands in each of its records, which are larger together than the request, but not by more than this. */
const MOST_GROWTH = 8;
/** What takes more than so many times what a record may have is not read as one, since few bytes may be many values; nothing that is sent so becomes that much shorter. */
const MOST_SENT = 4;

/** So much of the records of a request is made at a time, bytes, and kept until all of it is known to be good; those of a larger one are made again. */
const PIECE = 128 * 1024;
const MOST_KEPT = 16 * 1024 * 1024;
/** After so many things without a record, and so many pieces, timers and signals have their turn. */
const STEPS = 10_000;
const BETWEEN_TURNS = 8;

interface ExportsSettings {
  readonly context: SourceContext;
  readonly framer: (origin: Origin) => Framer;
  /** The only one that is taken; undefined for all. */
  readonly signal: Signal | undefined;
  /** The most bytes of a request, and of a record as JSON. */
  readonly maxBody: number;
  readonly maxRecord: number;
}

/** Takes requests of exporters, each as a whole. */
export class Exports {
  private readonly settings: ExportsSettings;

  constructor(settings: ExportsSettings) {
    this.settings = settings;
  }

  /** Whether there is something at a path. */
  readonly has = (path: string): boolean => {
    const signal = signalOf(path);
    return signal !== undefined && (this.settings.signal ?? signal) === signal;
  };

  /** @throws Refused where it is in no form that is read here. */
  readonly begin = (request: IncomingMessage): undefined => {
    if (typeOf(request) === undefined) throw new Refused(415, `what is sent is ${BINARY_TYPE} or ${JSON_TYPE}`);
  };

  readonly take = (post: Post): Taken => {
    const handed = this.hand(post);
    return { full: handed.then(({ full }) => full), done: handed.then((over) => this.finish(post, over)) };
  };

  /**
   * Hands on the records of a request, once all of it is known to be good: in pieces, each when there is room for it. Those of a large one are made twice rather than held.
   *
   * @throws Refused.
   */
  private async hand({ peer, path, request, body }: Post): Promise<Handed> {
    const { context, framer: openFramer, maxBody } = this.settings;
    const signal = signalOf(path.replace(/\?.*$/, ''))!;
    const pieces = () => this.piecesOf(signal, body, typeOf(request)!);
    const most = MOST_GROWTH * maxBody;
    const kept: Buffer[] = [];
    let size = 0;
    let tooLong = 0;
    let count = 0;
    for (const piece of pieces()) {
      size += piece.bytes.length;
      tooLong += piece.tooLong;
      if (size > most) throw new Refused(413, `the records of a request have ${formatSize(most)} at most together`);
      if (size <= MOST_KEPT) kept.push(piece.bytes);
      if (++count % BETWEEN_TURNS === 0) await setImmediate();
    }
    const framer = receive(peer, context, openFramer);
    let full: Promise<void> | undefined;
    const give = async (bytes: Buffer) => {
      if (full !== undefined) await orAbort(full, context.signal);
      full = framer.push(bytes);
    };
    if (size <= MOST_KEPT) for (const bytes of kept) await give(bytes);
    else for (const { bytes } of pieces()) await give(bytes);
    return { framer, full, tooLong };
  }

  private async finish({ path, request }: Post, { framer, tooLong }: Handed): Promise<Reply> {
    const { context, maxRecord } = this.settings;
    await framer.end();
    await context.kept?.();
    const words = tooLong === 0 ? undefined : `a record has ${formatSize(maxRecord)} at most (\`maxRecord\`)`;
    return replyOf(typeOf(request)!, signalOf(path.replace(/\?.*$/, ''))!, tooLong, words);
  }

  /** The records of a request as they are kept, some at a time; none now and then, where there are none for long. @throws Refused where it is no request. */
  private *piecesOf(signal: Signal, body: Buffer, type: string): Generator<Piece> {
    const { maxRecord } = this.settings;
    const writer = new CountedWriter();
    let tooLong = 0;
    let steps = 0;
    try {
      for (const record of recordsOf(signal, requestIn(body, type, signal, MOST_SENT * maxRecord))) {
        if (record !== undefined) {
          const bytes = Buffer.isBuffer(record) ? overlong(record, maxRecord) : Buffer.from(toJson(record));
          if (bytes.length > maxRecord) tooLong++;
          writer.add({ body: bytes, tag: '' });
        }
        if (writer.length < PIECE && ++steps % STEPS !== 0) continue;
        yield { bytes: writer.take(), tooLong };
        tooLong = 0;
      }
      if (writer.length > 0) yield { bytes: writer.take(), tooLong };
    } catch (error) {
      if (error instanceof NoMessage) throw new Refused(400, `the body is no message of OTLP: ${error.message}`);
      if (error instanceof JsonError) throw new Refused(400, 'the body is no JSON');
      if (error instanceof TooLong)
        throw new Refused(413, `what records have in common has ${formatSize(MOST_SENT * maxRecord)} at most`);
      throw error;
    }
  }
}

/** What stands for a record that was not read: bad, since it is too long. */
function overlong(shown: Buffer, maxRecord: number): Buffer {
  return shown.length > maxRecord ? shown : Buffer.concat([shown, Buffer.alloc(maxRecord + 1 - shown.length, ' ')]);
}

interface Piece {
  readonly bytes: Buffer;
  /** How many of its records are too long. */
  readonly tooLong: number;
}

interface Handed {
  readonly framer: Framer;
  /** Resolves when there is room for more. */
  readonly full: Promise<void> | undefined;
  readonly tooLong: number;
}

function signalOf(path: string): Signal | undefined {
  return (/^\/v1\/(logs|traces|metrics)$/.exec(path)?.[1] as Signal | undefined) ?? undefined;
}

function typeOf({ headers }: IncomingMessage): typeof JSON_TYPE | typeof BINARY_TYPE | undefined {
  const type = (headers['content-type'] ?? '').replace(/;.*$/, '').trim().toLowerCase();
  if (type === JSON_TYPE) return JSON_TYPE;
  return type === BINARY_TYPE || type === 'application/protobuf' ? BINARY_TYPE : undefined;
}

/** @param most how long what is read as one value may be, bytes. @throws NoMessage, JsonError, or Refused where it is none. */
function requestIn(body: Buffer, type: string, signal: Signal, most: number): Part {
  if (type === BINARY_TYPE) return openMessage(body, MESSAGES[signal], most);
  const text = body.toString('utf8');
  if (/^[ \t\r\n]*\{/.test(text)) return openJson(text, most);
  if (text.length <= SMALL) parseJson(text);
  throw new Refused(400, 'the body is no object');
}

/** An empty answer says that all was taken. */
function replyOf(type: string, signal: Signal, rejected: number, words: string | undefined): Reply {
  if (words === undefined) return { body: { type, bytes: Buffer.from(type === JSON_TYPE ? '{}' : '') } };
  if (type === JSON_TYPE) {
    const said = { partialSuccess: { [REJECTED[signal]]: String(rejected), errorMessage: words } };
    return { body: { type, bytes: Buffer.from(toJson(said)) } };
  }
  const partial = Buffer.concat([Buffer.from([0x08]), varint(rejected), lengthed(0x12, Buffer.from(words))]);
  return { body: { type, bytes: lengthed(0x0a, partial) } };
}

/** Why a request was not taken, in the form that it has (`google.rpc.Status`). Text where that is none. */
export function statusOf(request: IncomingMessage, message: string): Reply['body'] {
  const type = typeOf(request);
  if (type === undefined) return undefined;
  return {
    type,
    bytes: type === JSON_TYPE ? Buffer.from(toJson({ message })) : lengthed(0x12, Buffer.from(message)),
  };
}

/** A field of bytes. @param tag its number, with how it stands there. */
function lengthed(tag: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes]);
}

function varint(number: number): Buffer {
  const bytes: number[] = [];
  let rest = number;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
