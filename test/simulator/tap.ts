/** Sources that do what a simulation tells them. */
import type { Origin } from '../../src/flow/define/chunk.ts';
import type { SourceContext } from '../../src/flow/define/context.ts';

/** A source that gives what it is told to, until it is told to end or the run does. */
export class Tap {
  private readonly context: SourceContext;
  private readonly clients = new Map<number, Origin>();
  readonly over: Promise<void>;
  isOver = false;
  end = () => {};

  constructor(context: SourceContext) {
    this.context = context;
    this.over = new Promise((resolve) => {
      this.end = () => {
        this.isOver = true;
        resolve();
      };
    });
    context.signal.addEventListener('abort', () => this.end());
  }

  /** Bytes are lent, so they are spoilt behind the call. */
  give(client: number, lines: readonly string[]): void {
    const origin = this.clients.get(client) ?? this.context.origin(`client ${client}`);
    this.clients.set(client, origin);
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    void this.context.deliver({ kind: 'text', origin, bytes });
    bytes.fill('#');
  }

  /** A client has nothing more; one of the same number that comes later is another. */
  leave(client: number): void {
    const origin = this.clients.get(client);
    this.clients.delete(client);
    origin?.over?.();
  }
}

/** Lets everything happen that waits for its turn and not for time. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
