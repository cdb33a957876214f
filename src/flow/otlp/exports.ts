/** What exporters of OpenTelemetry send over HTTP (OTLP/HTTP, https://opentelemetry.io/docs/specs/otlp/#otlphttp), and what they are answered. */
import type { IncomingMessage } from 'node:http';
import { JsonError, parseJson, toJson } from '../../base/json.ts';
import { formatSize } from '../../base/size.ts';
import { isFields, type Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import type { Post, Taken } from '../http/post-server.ts';
import { Refused } from '../http/refused.ts';
import type { Reply } from '../http/reply.ts';
import { receive } from '../input/receiving.ts';
import { type CountedMessage, writeCounted } from '../sockets/counted.ts';
import { LOGS, METRICS, TRACES } from './messages.ts';
import { NoMessage, readMessage } from './protobuf.ts';
import { recordsOf, type Signal } from './records.ts';

const JSON_TYPE = 'application/json';
const BINARY_TYPE = 'application/x-protobuf';

const MESSAGES = { logs: LOGS, traces: TRACES, metrics: METRICS };
/** How an answer calls those that were not taken. */
const REJECTED = { logs: 'rejectedLogRecords', traces: 'rejectedSpans', metrics: 'rejectedDataPoints' };

/** What is said of a resource stands in each of its records, which are larger together than the request, but not by more than this. */
const MOST_GROWTH = 8;

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

  readonly take = ({ peer, path, request, body }: Post): Taken => {
    const { context, framer: openFramer, maxRecord } = this.settings;
    const signal = signalOf(path.replace(/\?.*$/, ''))!;
    const type = typeOf(request)!;
    const messages = this.messagesOf(signal, requestIn(body, type, signal));
    const framer = receive(peer, context, openFramer);
    const full = framer.push(writeCounted(messages));
    const tooLong = messages.filter((message) => message.body.length > maxRecord).length;
    const words = tooLong === 0 ? undefined : `a record has ${formatSize(maxRecord)} at most (\`maxRecord\`)`;
    const finish = async () => {
      await framer.end();
      await context.kept?.();
      return replyOf(type, signal, tooLong, words);
    };
    return { full, done: finish() };
  };

  /** The records of a request. @throws Refused where they are too large. */
  private messagesOf(signal: Signal, request: Value): CountedMessage[] {
    const messages: CountedMessage[] = [];
    const most = MOST_GROWTH * this.settings.maxBody;
    let size = 0;
    for (const record of recordsOf(signal, request)) {
      const body = Buffer.from(toJson(record));
      size += body.length;
      if (size > most) throw new Refused(413, `the records of a request have ${formatSize(most)} at most together`);
      messages.push({ body, tag: '' });
    }
    return messages;
  }
}

function signalOf(path: string): Signal | undefined {
  return (/^\/v1\/(logs|traces|metrics)$/.exec(path)?.[1] as Signal | undefined) ?? undefined;
}

function typeOf({ headers }: IncomingMessage): typeof JSON_TYPE | typeof BINARY_TYPE | undefined {
  const type = (headers['content-type'] ?? '').replace(/;.*$/, '').trim().toLowerCase();
  if (type === JSON_TYPE) return JSON_TYPE;
  return type === BINARY_TYPE || type === 'application/protobuf' ? BINARY_TYPE : undefined;
}

/** @throws Refused where it is none. */
function requestIn(body: Buffer, type: string, signal: Signal): Value {
  try {
    const request = type === JSON_TYPE ? parseJson(body.toString('utf8')) : readMessage(body, MESSAGES[signal]);
    if (isFields(request)) return request;
    throw new Refused(400, 'the body is no object');
  } catch (error) {
    if (error instanceof NoMessage) throw new Refused(400, `the body is no message of OTLP: ${error.message}`);
    if (error instanceof JsonError) throw new Refused(400, 'the body is no JSON');
    throw error;
  }
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
