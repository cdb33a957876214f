/**
 * The file of a recorded session: what `--record` writes and `replay` reads, one JSON object a line.
 *
 *     {"session":1,"start":1700000000000,"interval":1000,"live":true,"whole":false}
 *     {"time":1700000000412,"source":1,"origin":1,"name":"127.0.0.1:50312","text":"to be or not"}
 *     {"time":1700000000873,"source":1,"origin":1,"name":"127.0.0.1:50312","ended":true}
 *     {"tick":1700000001000}
 *     {"pause":1700000060000}
 *     {"tick":1700000061000,"partial":true}
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { hasField } from '../../base/fields.ts';
import { JsonError, parseJson, toJson } from '../../base/json.ts';
import { BadRecord, RunFailure } from '../../base/problem.ts';
import { field, type Value } from '../../base/value.ts';
import type { Origin, OriginChunk } from '../define/chunk.ts';
import type { RecordedContent, SessionEvent } from '../define/session-event.ts';
import { sourceFailure } from './fault.ts';

/** How the run was that is recorded. Times in ms since the epoch, or since 0 where its clock was virtual. */
export interface SessionHead {
  /** The start of the first batch. */
  readonly start: number;
  readonly interval: number;
  /** Records came in real time. */
  readonly live: boolean;
  /** All of them were one batch. */
  readonly whole: boolean;
  /** The run was kept (`--checkpoint`): of when a record came only its batch counted. */
  readonly kept: boolean;
}

const VERSION = 1;

export function writeHead({ kept, ...head }: SessionHead): string {
  return `${toJson({ session: VERSION, ...head, ...(kept ? { kept } : {}) })}\n`;
}

export function writeEvent(event: Exclude<SessionEvent, { kind: 'cut' }>): string {
  if (event.kind === 'tick') return `${toJson({ tick: event.time, ...(event.partial ? { partial: true } : {}) })}\n`;
  if (event.kind === 'pause') return `${toJson({ pause: event.time })}\n`;
  const { time, source, origin, name, content } = event;
  const { detail, firstLine, ...rest } = { detail: undefined, firstLine: undefined, ...content };
  const given = { ...(detail === undefined ? {} : { detail }), ...(firstLine === undefined ? {} : { firstLine }) };
  return `${toJson({ time, source, origin, name, ...rest, ...given })}\n`;
}

/** What a source delivered, as it was recorded; nothing where it only began. `origin` is the place that it comes from now. */
export function chunkOf(content: RecordedContent, origin: Origin): OriginChunk | undefined {
  if ('opened' in content) return undefined;
  if ('ended' in content) return { kind: 'end', origin };
  if ('value' in content) return { kind: 'values', origin, values: [content.value] };
  if ('bytes' in content) {
    return { kind: 'text', origin, bytes: Buffer.concat([Buffer.from(content.bytes, 'base64'), Buffer.from('\n')]) };
  }
  if ('bad' in content) {
    return { kind: 'bad', origin, problem: new BadRecord(content.bad, content.detail), text: content.text };
  }
  // A carriage return that belongs to the text would be taken for a part of the line's end.
  const end = content.text.endsWith('\r') ? '\r\n' : '\n';
  return { kind: 'text', origin, bytes: Buffer.from(content.text + end) };
}

/** One read, bytes. */
const PIECE = 256 * 1024;
const NEWLINE = 10;

/** The head of a session; undefined where there is none, which reading it will tell. */
export function peekHead(path: string): SessionHead | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const piece = Buffer.alloc(1024);
    const bytes = piece.subarray(0, readSync(fd, piece));
    return headOf(parseJson(bytes.toString('utf8', 0, bytes.indexOf(NEWLINE))));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * Reads the events of a session.
 *
 * @throws RunFailure of exit 3 where the file cannot be read or is none of a session. A last line that was cut off is the last event.
 */
export async function* readSession(path: string): AsyncGenerator<SessionEvent> {
  let number = 0;
  let time = Number.NEGATIVE_INFINITY;
  for await (const line of linesOf(path)) {
    number++;
    const event = number === 1 ? headOf(tryParse(line.text)) : eventOf(tryParse(line.text));
    if (event === undefined) {
      if (!line.isEnded && number > 1) {
        yield { kind: 'cut', line: number, time };
        return;
      }
      const what = number === 1 ? `${path} is not a recorded session` : `${path}:${number} is no line of a session`;
      throw new RunFailure('not-a-session', 3, what, 'a session is recorded by `--record FILE`');
    }
    if (!('kind' in event)) continue;
    time = event.time;
    yield event;
  }
  if (number === 0)
    throw new RunFailure('not-a-session', 3, `${path} is empty`, 'a session is recorded by `--record FILE`');
}

async function* linesOf(path: string): AsyncGenerator<{ readonly text: string; readonly isEnded: boolean }> {
  const file = await open(path).catch((error: unknown) => {
    throw sourceFailure('cannot-read', `cannot read ${path}`, error);
  });
  try {
    let rest = Buffer.alloc(0);
    for (;;) {
      const { bytesRead, buffer } = await file
        .read(Buffer.allocUnsafe(PIECE), 0, PIECE, null)
        .catch((error: unknown) => {
          throw sourceFailure('cannot-read', `cannot read ${path}`, error);
        });
      if (bytesRead === 0) break;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        yield { text: bytes.toString('utf8', start, end), isEnded: true };
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
    if (rest.length > 0) yield { text: rest.toString(), isEnded: false };
  } finally {
    await file.close();
  }
}

function tryParse(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return null;
  }
}

function headOf(value: Value): SessionHead | undefined {
  const start = field(value, 'start');
  const interval = field(value, 'interval');
  if (field(value, 'session') !== VERSION || typeof start !== 'number' || typeof interval !== 'number')
    return undefined;
  const [live, whole, kept] = ['live', 'whole', 'kept'].map((key) => field(value, key) === true);
  return { start, interval, live: live!, whole: whole!, kept: kept! };
}

function eventOf(value: Value): SessionEvent | undefined {
  const tick = field(value, 'tick');
  if (typeof tick === 'number') return { kind: 'tick', time: tick, partial: field(value, 'partial') === true };
  const pause = field(value, 'pause');
  if (typeof pause === 'number') return { kind: 'pause', time: pause };
  const [time, source, origin, name] = ['time', 'source', 'origin', 'name'].map((key) => field(value, key));
  const content = contentOf(value);
  if (typeof time !== 'number' || typeof source !== 'number' || typeof origin !== 'number') return undefined;
  if (typeof name !== 'string' || content === undefined) return undefined;
  return { kind: 'record', time, source, origin, name, content };
}

function contentOf(value: Value): RecordedContent | undefined {
  const [text, bytes, bad, detail, firstLine] = ['text', 'bytes', 'bad', 'detail', 'firstLine'].map((key) =>
    field(value, key),
  );
  if (typeof bad === 'string' && typeof text === 'string') {
    return { bad, detail: typeof detail === 'string' ? detail : undefined, text };
  }
  if (typeof text === 'string') return { text };
  if (field(value, 'opened') === true) {
    return { opened: true, firstLine: typeof firstLine === 'string' ? firstLine : undefined };
  }
  if (field(value, 'ended') === true) return { ended: true };
  if (typeof bytes === 'string') return { bytes };
  const recorded = field(value, 'value');
  return hasField(value, 'value') ? { value: recorded } : undefined;
}
