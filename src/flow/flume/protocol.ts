/** The protocol between agents of Flume, and how two that speak it agree that they do ("Handshake" of Avro's specification). */
import { createHash } from 'node:crypto';
import { parseJson, toJson } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import { PeerFault } from '../sockets/peer-fault.ts';
import { type AvroReader, AvroWriter } from './avro.ts';

const EVENT = 'AvroFlumeEvent';
const STATUS = 'Status';

/** As Flume's `flume.avdl` has it. */
const PROTOCOL = {
  protocol: 'AvroSourceProtocol',
  namespace: 'org.apache.flume.source.avro',
  types: [
    { type: 'enum', name: STATUS, symbols: ['OK', 'FAILED', 'UNKNOWN'] },
    {
      type: 'record',
      name: EVENT,
      fields: [
        { name: 'headers', type: { type: 'map', values: 'string' } },
        { name: 'body', type: 'bytes' },
      ],
    },
  ],
  messages: {
    append: { request: [{ name: 'event', type: EVENT }], response: STATUS },
    appendBatch: { request: [{ name: 'events', type: { type: 'array', items: EVENT } }], response: STATUS },
  },
};
const TEXT = toJson(PROTOCOL as unknown as Value);
const HASH = createHash('md5').update(TEXT).digest();
const HASH_SIZE = HASH.length;

/** Numbers of the symbols. */
export const OK = 0;
export const FAILED = 1;

/** How well the two know each other: all is known, the other end must learn, or say what it speaks. */
const BOTH = 0;
const CLIENT = 1;
const NONE = 2;

/** So many spellings of the protocol are remembered: one for each version of agents. */
const MOST_HASHES = 100;

/** Whom a server has met: hashes of protocols that are this one, however they are written. */
export class KnownPeers {
  private readonly hashes = new Set([HASH.toString('hex')]);

  /**
   * Reads the question that stands in front of a request.
   *
   * @returns the answer, and whether the request behind it counts. It says each time what is spoken here: an agent that has met another server at this address,
   * this one before it was started anew, asks by a hash alone, and has to learn the rest.
   * @throws PeerFault where another protocol is spoken.
   */
  greet(reader: AvroReader): { readonly answer: Buffer; readonly isMet: boolean } {
    const hash = reader.some(HASH_SIZE).toString('hex');
    const protocol = reader.optional(() => reader.text());
    const isKnown = reader.some(HASH_SIZE).equals(HASH);
    reader.optional(() => skipMeta(reader));
    if (protocol !== undefined && !this.hashes.has(hash)) {
      if (!isSpoken(protocol)) throw new PeerFault("it speaks another protocol than Flume's agents");
      if (this.hashes.size < MOST_HASHES) this.hashes.add(hash);
    }
    const isMet = protocol !== undefined || this.hashes.has(hash);
    const match = !isMet ? NONE : isKnown ? BOTH : CLIENT;
    const learnt = new AvroWriter().text(TEXT).take();
    const answer = new AvroWriter().long(match).optional(learnt).optional(HASH).long(0).take();
    return { answer, isMet };
  }
}

/** The question of a client that says all that it knows. @param serverHash as the server has called it; undefined before it has. */
export function writeGreeting(serverHash: Buffer = HASH): Buffer {
  const protocol = new AvroWriter().text(TEXT).take();
  return new AvroWriter().some(HASH).optional(protocol).some(serverHash).long(0).take();
}

/** @returns the server's hash, and whether the request was worked on; else it is to be asked again with that hash. */
export function readGreeting(reader: AvroReader): { readonly hash: Buffer | undefined; readonly isMet: boolean } {
  const match = reader.long();
  reader.optional(() => reader.data());
  const hash = reader.optional(() => reader.some(HASH_SIZE));
  reader.optional(() => skipMeta(reader));
  return { hash: hash && Buffer.from(hash), isMet: match !== NONE };
}

/** Passes over what else is said, which nobody here asks for. */
export function skipMeta(reader: AvroReader): void {
  reader.each(() => {
    reader.data();
    reader.data();
  });
}

/** Whether a protocol has the same messages with the same types, whatever else it has, and whatever is said beside them. */
function isSpoken(text: string): boolean {
  try {
    return essence(parseJson(text) as unknown as typeof PROTOCOL) === ESSENCE;
  } catch {
    return false;
  }
}

function essence(protocol: typeof PROTOCOL): string {
  const types = [STATUS, EVENT].map((name) => protocol.types.find((type) => lastName(type.name) === name));
  const { append, appendBatch } = protocol.messages;
  const parts = [types, append.request, appendBatch.request, append.response, appendBatch.response];
  return toJson(parts.map(plain));
}

const ESSENCE = essence(PROTOCOL);

/** A type without what does not count in how its values are written: the words about it, which class reads it. */
function plain(type: unknown): Value {
  if (typeof type === 'string') return lastName(type);
  if (Array.isArray(type)) return type.map(plain);
  const { type: kind, name, fields, symbols, items, values } = type as { readonly [name: string]: unknown };
  if ([name, fields, symbols, items, values].every((part) => part === undefined)) return plain(kind);
  return [kind, name, fields, symbols, items, values].map((part) => (part === undefined ? null : plain(part)));
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
