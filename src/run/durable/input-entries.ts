import { decodeState } from '../../flow/state/encoding/decode.ts';
import { encodeState } from '../../flow/state/encoding/encode.ts';
import { StateError } from '../../flow/state/encoding/state-error.ts';
import { frame } from './frames.ts';

/** What happened, when (ms since the epoch, by the clock of the wall), and to which place that data comes from: numbers of those are given once in a directory. */
interface Happened {
  readonly time: number;
  readonly origin: number;
}

/** A place opens: a client has connected. @see Happened */
interface Opened extends Happened {
  readonly kind: 'open';
  /** What the source is called in the plan, and the place by its users. */
  readonly source: string;
  readonly name: string;
}

/** Bytes came. */
export interface Came extends Happened {
  readonly kind: 'data';
  /** How many had come from there before. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Nothing more comes from a place. */
interface Ended extends Happened {
  readonly kind: 'end';
}

/** A source has ended by itself. */
interface SourceOver {
  readonly kind: 'over';
  readonly time: number;
  readonly source: string;
}

/** A process begins to receive. */
interface Begun {
  readonly kind: 'begin';
  readonly time: number;
}

/** What came from outside, in the order in which it came. */
export type InputEntry = Opened | Came | Ended | SourceOver | Begun;

const KINDS = ['begin', 'open', 'data', 'end', 'over'] as const;

/** Of what all entries begin with: the kind (1), when (8), of which place (8), and how much had come of it (8); numbers with their lowest byte first. */
const HEAD = 25;
const NOTHING = Buffer.alloc(0);

/** An entry in its frame (see `frames.ts`). Behind its head stand the bytes that came, or texts. */
export function writeEntry(entry: InputEntry): Buffer {
  const head = Buffer.allocUnsafe(HEAD);
  head[0] = KINDS.indexOf(entry.kind);
  head.writeDoubleLE(entry.time, 1);
  head.writeDoubleLE('origin' in entry ? entry.origin : 0, 9);
  head.writeDoubleLE(entry.kind === 'data' ? entry.offset : 0, 17);
  return frame(head, restOf(entry));
}

function restOf(entry: InputEntry): Uint8Array {
  switch (entry.kind) {
    case 'data':
      return entry.bytes;
    case 'open':
      return encodeState([entry.source, entry.name]);
    case 'over':
      return encodeState([entry.source]);
    case 'end':
    case 'begin':
      return NOTHING;
  }
}

/** The bytes of a `data` entry where they stand in its frame. */
export function bytesIn(framed: Buffer, length: number): Buffer {
  return framed.subarray(framed.length - length);
}

/** @param record without its frame. @throws StateError where it is no entry. */
export function readEntry(record: Buffer): InputEntry {
  const kind = KINDS[record[0] ?? KINDS.length];
  if (kind === undefined || record.length < HEAD) throw new StateError('an entry of it is none that this leat knows');
  const time = record.readDoubleLE(1);
  const origin = record.readDoubleLE(9);
  const rest = record.subarray(HEAD);
  switch (kind) {
    case 'data':
      return { kind, time, origin, offset: record.readDoubleLE(17), bytes: rest };
    case 'open': {
      const [source, name] = textsOf(rest, 2);
      return { kind, time, origin, source: source!, name: name! };
    }
    case 'over':
      return { kind, time, source: textsOf(rest, 1)[0]! };
    case 'end':
      return { kind, time, origin };
    case 'begin':
      return { kind, time };
  }
}

function textsOf(bytes: Buffer, count: number): readonly string[] {
  const texts = decodeState(bytes);
  if (Array.isArray(texts) && texts.length === count && texts.every((text) => typeof text === 'string')) return texts;
  throw new StateError('an entry of it names nothing');
}
