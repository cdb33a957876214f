import type { Socket } from 'node:net';
import { toJson } from '../../base/json.ts';
import { Held } from '../framing/framer.ts';
import { answering } from '../sockets/answering.ts';
import { CountedWriter } from '../sockets/counted.ts';
import type { Inlet } from '../sockets/inlet.ts';
import { type HeldBound, PeerFault } from '../sockets/peer-fault.ts';
import { CallReader, writeResult, writeUnknown } from './thrift.ts';

/** What `Log` gives. */
const OK = 0;
const TRY_LATER = 1;

interface ScribeServer {
  /** Whether categories are wanted. */
  readonly tag: boolean;
  /** Bytes of a call. */
  readonly maxBatch: number;
  readonly bound: HeldBound;
}

/** Serves one client, from its first byte to its last. Rejects with a PeerFault where it is none of Scribe's, or with the error of its connection. */
export async function serveScribe(client: Socket, inlet: Inlet, server: ScribeServer): Promise<void> {
  client.setNoDelay(true);
  const rest = new Held();
  const share = server.bound.share();
  try {
    for await (const piece of client) {
      rest.append(piece as Buffer);
      share.holds(rest.length);
      for (let call = next(rest, server.maxBatch); call !== undefined; call = next(rest, server.maxBatch)) {
        await answering(client, client, await answer(call, inlet, server));
      }
      share.holds(rest.length);
    }
  } finally {
    share.holds(0);
    client.destroy();
  }
}

/** A call that has come whole: it stands behind its length. */
function next(rest: Held, most: number): Buffer | undefined {
  const bytes = rest.peek();
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length > most) throw new PeerFault('what came is no call of Scribe, or one larger than `maxBatch`');
  if (bytes.length < 4 + length) return undefined;
  // Copied, since its place is taken by what comes next.
  const call = Buffer.from(bytes.subarray(4, 4 + length));
  if (bytes.length === 4 + length) rest.take();
  else rest.drop(4 + length);
  return call;
}

async function answer(bytes: Buffer, inlet: Inlet, { tag, bound }: ScribeServer): Promise<Buffer> {
  const reader = new CallReader(bytes);
  const call = reader.call();
  if (call.name.toString('latin1') !== 'Log') return writeUnknown(call);
  const messages = new CountedWriter(bound.messages);
  reader.entries(
    ({ category, message }) => messages.add({ body: message, tag: tag ? toJson({ category }) : '' }),
    (count) => messages.expect(count),
  );
  const isTaken = messages.length === 0 || (await inlet.take(messages.take()));
  return writeResult(call, isTaken ? OK : TRY_LATER);
}
