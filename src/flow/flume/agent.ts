import type { Socket } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { constants, createDeflate, createInflate } from 'node:zlib';
import { toJson } from '../../base/json.ts';
import { type NewFields, setField } from '../../base/value.ts';
import { answering } from '../sockets/answering.ts';
import { type CountedMessage, CountedWriter } from '../sockets/counted.ts';
import type { Inlet } from '../sockets/inlet.ts';
import { type HeldBound, PeerFault } from '../sockets/peer-fault.ts';
import { AvroReader, AvroWriter } from './avro.ts';
import { type Frame, FrameReader, writeFrame } from './frames.ts';
import { FAILED, type KnownPeers, OK, skipMeta } from './protocol.ts';

/** The first byte of what zlib has packed; that of a frame is the first of a number that counts from 0. */
const PACKED = 0x78;

/** What a server of agents has. */
interface AgentServer {
  readonly known: KnownPeers;
  /** Whether headers are wanted. */
  readonly tag: boolean;
  /** Bytes of a batch. */
  readonly maxBatch: number;
  readonly bound: HeldBound;
}

/** Serves one agent, from its first byte to its last. Rejects with a PeerFault where it is none, or with the error of its connection. */
export async function serveAgent(client: Socket, inlet: Inlet, server: AgentServer): Promise<void> {
  client.setNoDelay(true);
  const { input, answer } = await openBothWays(client);
  const frames = new FrameReader(server.maxBatch);
  const connection = new AgentConnection(inlet, server);
  const share = server.bound.share();
  try {
    for await (const piece of input) {
      frames.push(piece as Buffer);
      share.holds(frames.held);
      for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
        await answer(writeFrame(await connection.answer(frame)));
      }
      share.holds(frames.held);
    }
  } finally {
    share.holds(0);
    client.destroy();
  }
}

/** Gives a promise where the agent has to read first, see {@link answering}. */
type Answer = (bytes: Buffer) => Promise<void> | undefined;

/** What comes unpacked, and how to answer: packed where the agent packs, which its first byte shows. */
async function openBothWays(client: Socket): Promise<{ input: Readable; answer: Answer }> {
  const first = await new Promise<Buffer | null>((resolve) => {
    client.once('readable', () => resolve(client.read()));
    client.once('close', () => resolve(null));
  });
  if (first === null) return { input: client, answer: () => undefined };
  client.unshift(first);
  if (first[0] !== PACKED) return { input: client, answer: (bytes) => answering(client, client, bytes) };
  const packed = createDeflate();
  packed.pipe(client);
  const input = createInflate();
  // What breaks shows where the input is read.
  pipeline(client, input, () => {});
  const answer = (bytes: Buffer) => {
    const full = answering(client, packed, bytes);
    packed.flush(constants.Z_SYNC_FLUSH);
    return full;
  };
  return { input, answer };
}

class AgentConnection {
  private readonly inlet: Inlet;
  private readonly server: AgentServer;
  /** The two have agreed on what they speak, which is asked for in front of each request until they have. */
  private isMet = false;

  constructor(inlet: Inlet, server: AgentServer) {
    this.inlet = inlet;
    this.server = server;
  }

  async answer({ serial, body }: Frame): Promise<Frame> {
    const reader = new AvroReader(body);
    const writer = new AvroWriter();
    if (!this.isMet) {
      const { answer, isMet } = this.server.known.greet(reader);
      writer.some(answer);
      if (!isMet) return { serial, body: writer.take() };
      this.isMet = true;
    }
    skipMeta(reader);
    const status = await this.call(reader);
    // No further words, and no error.
    writer.long(0).some(Buffer.from([0]));
    return { serial, body: writer.long(status).take() };
  }

  private async call(reader: AvroReader): Promise<number> {
    const name = reader.text();
    const events = new CountedWriter(this.server.bound.messages);
    const event = () => void events.add(this.event(reader));
    if (name === 'append') event();
    else if (name === 'appendBatch') reader.each(event, (count) => events.expect(count));
    // A ping, by which a client asks for the greeting alone, has no name.
    else if (name !== '') throw new PeerFault('it asks for what agents do not have');
    if (!reader.isAtEnd) throw new PeerFault('there is more in a message than it says');
    if (events.length === 0) return OK;
    return (await this.inlet.take(events.take())) ? OK : FAILED;
  }

  private event(reader: AvroReader): CountedMessage {
    const headers: NewFields = {};
    reader.each(() => {
      const name = reader.text();
      setField(headers, name, reader.text());
    });
    return { body: reader.data(), tag: this.server.tag ? toJson({ headers }) : '' };
  }
}
