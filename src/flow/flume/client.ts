import { constants, createDeflate, createInflate, type Deflate } from 'node:zlib';
import { wallClock } from '../../base/clock.ts';
import type { Connection, Network, TlsFiles } from '../define/network.ts';
import { AvroReader, AvroWriter } from './avro.ts';
import { type Frame, FrameReader, writeFrame } from './frames.ts';
import { OK, readGreeting, skipMeta, writeGreeting } from './protocol.ts';

/** How long an agent may take to answer, ms. */
const PATIENCE = 20_000;

/** An answer is no longer, bytes. */
const MOST_ANSWER = 1024 * 1024;

/** A failure that may pass: the agent has no room, or does not answer. */
export class AgentBusy extends Error {}

export interface FlumeEvent {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

interface AgentAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles | undefined;
  /** Whether what is sent is packed, which the agent expects or not. */
  readonly deflate: boolean;
}

interface Asked {
  readonly resolve: (body: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

/** A connection to an agent of Flume, over which batches are sent one after the other. */
export class AgentClient {
  private connection: Connection | undefined;
  private readonly frames = new FrameReader(MOST_ANSWER);
  private readonly packer: Deflate | undefined;
  private readonly unpacker = createInflate();
  private asked: Asked | undefined;
  private failure: { readonly reason: unknown } | undefined;
  private written: Promise<void> = Promise.resolve();
  private serial = 0;
  /** The server's hash of the protocol, and whether the two have agreed. */
  private hash: Buffer | undefined;
  private isMet = false;

  private constructor(deflate: boolean) {
    this.packer = deflate ? createDeflate() : undefined;
    this.packer?.on('data', (bytes: Buffer) => this.write(bytes));
    this.unpacker.on('data', (bytes: Buffer) => this.take(bytes));
    this.unpacker.on('error', (error) => this.fail(error));
  }

  /** Connects, and greets the agent. Rejects with the system's error. */
  static async open(network: Network, { deflate, ...to }: AgentAddress): Promise<AgentClient> {
    const client = new AgentClient(deflate);
    client.connection = await network.connect(
      { kind: 'tcp', ...to },
      {
        broken: (error) => client.fail(error),
        ended: () => client.fail(new AgentBusy('the agent closed the connection')),
        received: (bytes) => (deflate ? void client.unpacker.write(bytes) : client.take(bytes)),
      },
    );
    try {
      // An empty batch, so that what is no agent is told at the start.
      await client.append([]);
      return client;
    } catch (error) {
      client.letGo();
      throw error;
    }
  }

  /** Resolves when the agent has taken all of them; rejects where it has not, or nobody knows. */
  async append(events: readonly FlumeEvent[]): Promise<void> {
    for (;;) {
      const request = new AvroWriter();
      const isAsking = !this.isMet;
      if (isAsking) request.some(writeGreeting(this.hash));
      writeCall(request, events);
      const reader = new AvroReader(await this.ask(request.take()));
      if (isAsking) {
        const { hash, isMet } = readGreeting(reader);
        if (!isMet && this.hash !== undefined) throw new Error("it does not speak the protocol of Flume's agents");
        this.hash = hash;
        this.isMet = isMet;
        if (!isMet) continue;
      }
      skipMeta(reader);
      if (reader.some(1)[0] !== 0) throw new Error(errorOf(reader));
      if (reader.long() !== OK) throw new AgentBusy('the agent could not take a batch');
      return;
    }
  }

  /** Resolves when the other end has nothing more to say. */
  async close(): Promise<void> {
    this.packer?.close();
    this.unpacker.close();
    await this.connection?.end().catch(() => {});
  }

  letGo(): void {
    this.packer?.close();
    this.unpacker.close();
    this.connection?.letGo();
  }

  private async ask(body: Buffer): Promise<Buffer> {
    if (this.failure !== undefined) throw this.failure.reason;
    const serial = ++this.serial;
    const answered = new Promise<Buffer>((resolve, reject) => {
      this.asked = { resolve, reject };
    });
    const tooLate = () => this.fail(new AgentBusy('the agent did not answer in 20 s'));
    const cancel = wallClock.at(wallClock.now() + PATIENCE, tooLate);
    const bytes = writeFrame({ serial, body });
    if (this.packer === undefined) this.write(bytes);
    else {
      this.packer.write(bytes);
      this.packer.flush(constants.Z_SYNC_FLUSH);
    }
    return answered.finally(cancel);
  }

  /** One write after the other. */
  private write(bytes: Buffer): void {
    this.written = this.written.then(() => this.connection!.write(bytes)).catch((error) => this.fail(error));
  }

  private take(bytes: Buffer): void {
    try {
      this.frames.push(bytes);
      for (let frame = this.frames.next(); frame !== undefined; frame = this.frames.next()) this.answered(frame);
    } catch {
      this.fail(new Error("it does not speak the protocol of Flume's agents"));
    }
  }

  private answered({ serial, body }: Frame): void {
    if (serial !== this.serial) return;
    this.asked?.resolve(body);
    this.asked = undefined;
  }

  private fail(reason: unknown): void {
    this.failure ??= { reason };
    this.asked?.reject(reason);
    this.asked = undefined;
  }
}

function writeCall(writer: AvroWriter, events: readonly FlumeEvent[]): void {
  writer.long(0).text('appendBatch');
  if (events.length > 0) writer.long(events.length);
  for (const { headers, body } of events) {
    if (headers.length > 0) writer.long(headers.length);
    for (const [name, value] of headers) writer.text(name).text(value);
    writer.long(0).data(body);
  }
  writer.long(0);
}

/** The words of an error that the agent reports: a text, the first of the two that an error may be. */
function errorOf(reader: AvroReader): string {
  return reader.long() === 0 ? reader.text() : 'it reports an error';
}
