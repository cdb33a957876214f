import type { SourceContext } from '../define/context.ts';
import type { PlainData, Position } from '../define/position.ts';
import type { BrokerAddress } from './address.ts';
import { Pace } from './pace.ts';
import { PositionedOutlet } from './positioned-outlet.ts';
import { keepReading } from './reading.ts';

/** The key of the position, which has one place. */
const KEY = 'stream';

interface StreamArguments {
  readonly address: BrokerAddress;
  readonly stream: string;
  /** Ends at what is there at the start. */
  readonly isBounded: boolean;
  readonly wait: boolean;
}

/** Reads a stream that a server keeps, over one connection after the other, and knows its place in it. `At` is such a place, `C` a connection. */
export abstract class StreamReading<A extends StreamArguments, At extends PlainData, C extends { close(): void }> {
  protected readonly args: A;
  protected readonly context: SourceContext;
  protected readonly outlet: PositionedOutlet<At>;
  protected readonly pace = new Pace();
  /** What is read, in messages. */
  protected readonly what: string;
  /** Behind what was read; undefined where it is not known yet. */
  protected at: At | undefined;
  /** When to look again how far the stream has come, on the run's clock. */
  protected nextLook = 0;
  private isAnnounced = false;

  constructor(args: A, context: SourceContext, from?: Position) {
    this.args = args;
    this.context = context;
    this.what = `the stream ${args.stream} of ${args.address.called}`;
    this.at = from?.[0]?.at as At | undefined;
    this.outlet = new PositionedOutlet(context, args.stream, KEY, from);
  }

  run(): Promise<void> {
    const { what, args, context } = this;
    return keepReading({ what, wait: args.wait, once: (isWell) => this.readOnce(isWell) }, context);
  }

  /** Connects. */
  protected abstract open(): Promise<C>;

  /** Looks how far the stream has come, and where to read where that is not known. */
  protected abstract look(client: C): Promise<void>;

  /** Asks for the first messages of a connection, behind the first look. */
  protected async begin(_client: C): Promise<void> {}

  /** Hands on what comes next, or finds that nothing does for a while. */
  protected abstract readSome(client: C): Promise<void>;

  /** Whether all was read that is wanted. */
  protected abstract get isDone(): boolean;

  private async readOnce(isWell: () => void): Promise<void> {
    const { signal, clock } = this.context;
    const client = await this.open();
    try {
      await this.look(client);
      await this.begin(client);
      await this.announce();
      while (!signal.aborted && !this.isDone) {
        isWell();
        if (clock.now() >= this.nextLook) await this.look(client);
        await this.readSome(client);
      }
      if (!signal.aborted) this.outlet.over(this.at);
    } finally {
      client.close();
    }
  }

  private async announce(): Promise<void> {
    const { context } = this;
    if (this.isAnnounced || this.args.isBounded) return;
    this.isAnnounced = true;
    // Who is told that it is read may write to it and count on it.
    await context.kept?.();
    context.note(`reading ${this.what}`);
  }
}
