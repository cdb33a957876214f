import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { SinkContext } from '../define/context.ts';
import type { Connection } from '../define/network.ts';
import type { Sink } from '../define/sink.ts';
import { sinkFailure } from './failure.ts';
import { JobQueue } from './job-queue.ts';

/** The most bytes of a datagram: 65,535 less the headers of IPv4 and UDP. */
const MOST = 65_507;

/** What a datagram that waits counts for beside its bytes. */
const WEIGHT = 100;

interface DatagramOptions {
  /** What the user calls the other end. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** A record as the text of its datagram. */
  readonly toText: (record: Value) => string;
  readonly context: SinkContext;
}

/**
 * Sends each record as a datagram. Nobody says whether one has arrived; where the other machine says that nobody listens, that is told of,
 * and how many were sent to nobody at the end: a receiver may be started anew. A record that no datagram holds is bad.
 */
export class DatagramSink implements Sink {
  private readonly options: DatagramOptions;
  private readonly queue: JobQueue;
  private connection: Connection | undefined;
  private refused = 0;
  /** Nothing of a batch waits for its end. */
  readonly isClear = true;

  constructor(options: DatagramOptions) {
    const { name, context } = options;
    this.options = options;
    this.queue = new JobQueue((error) => {
      this.connection?.letGo();
      context.fail(sinkFailure(name, error));
    });
    // A host that nobody knows is told of at the start.
    this.queue.after(async () => {
      const { host, port } = options;
      const broken = (error: unknown) => this.fault(error);
      this.connection = await context.network.connect({ kind: 'udp', host, port }, { broken, ended: () => {} });
    });
  }

  push(record: Value): void {
    const bytes = Buffer.from(this.options.toText(record));
    if (bytes.length > MOST) {
      this.options.context.bad(new BadRecord('longer than a datagram may be', `${MOST} bytes`), record);
      return;
    }
    const ground = this.options.context.ground?.();
    const write = async () => {
      await ground?.written();
      await this.connection!.write(bytes).catch((error: unknown) => this.fault(error));
    };
    this.queue.after(write, bytes.length + WEIGHT);
  }

  close(): void {}

  blocked(): Promise<void> | undefined {
    return this.queue.blocked();
  }

  mark(): Promise<Value | undefined> {
    return this.queue.behind(async () => null);
  }

  async finish(): Promise<void> {
    this.queue.after(async () => this.connection?.end());
    await this.queue.flush();
    if (this.refused === 0) return;
    const { context, name } = this.options;
    context.note(`nobody took ${this.refused} of the datagrams to ${name}, or more: no system tells of each`);
  }

  /** That nobody listens is no failure, anything else is. */
  private fault(error: unknown): void {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') {
      this.queue.fail(error);
      return;
    }
    const { context, name } = this.options;
    if (this.refused++ === 0) context.note(`nobody listens at ${name} (UDP): what is sent there is lost`);
  }
}
