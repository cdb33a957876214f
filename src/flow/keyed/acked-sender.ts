import { wallClock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import { visibleLine } from '../../base/visible.ts';
import { retrying } from '../connections/retrying.ts';
import { tlsFault } from '../connections/tls.ts';
import type { Connection, Endpoint, Network } from '../define/network.ts';
import { sinkFailure } from '../output/failure.ts';
import type { NumberedPart, PartTarget } from '../output/numbered-sink.ts';
import { GREETING, REFUSAL, ShortLines } from './acked.ts';

/** How long the other end may say nothing, ms: at first, and while it takes a part. */
const GREETING_TIME = 10_000;
const LONGEST_SILENCE = 60_000;

interface AckedSettings {
  readonly network: Network;
  readonly to: Endpoint;
  /** What the user calls it in messages. */
  readonly name: string;
  /** How long failures that may pass are tried again, ms. */
  readonly retry: number;
  readonly note: (message: string) => void;
}

/** Who is there is no `listen(port, acked: true)`. */
function notLeat(name: string): RunFailure {
  return new RunFailure(
    'sink-refused',
    4,
    `cannot write to ${name}: who listens there does not acknowledge what it is sent`,
    'start the other end as `listen(PORT, acked: true)`, or leave out `acked: true`',
  );
}

/** A connection, and what its other end has said. */
class Peer {
  connection: Connection | undefined;
  private readonly lines: string[] = [];
  private readonly short = new ShortLines();
  private readonly name: string;
  private failure: { readonly error: unknown } | undefined;
  private wake = () => {};

  constructor(name: string) {
    this.name = name;
  }

  /** Whether nothing more can come of it. */
  get isOver(): boolean {
    return this.failure !== undefined;
  }

  readonly events = {
    broken: (error: unknown) => this.fail(error),
    ended: () => this.fail(Object.assign(new Error('the other end closed the connection'), { code: 'ECONNRESET' })),
    received: (bytes: Buffer) => {
      const lines = this.short.take(bytes);
      if (lines === undefined) this.fail(notLeat(this.name));
      else this.lines.push(...lines);
      this.wake();
    },
  };

  /** The next line that it says, within so many ms. */
  async line(within: number): Promise<string> {
    const callOff = wallClock.at(wallClock.now() + within, () =>
      this.fail(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    );
    try {
      while (this.lines.length === 0) {
        if (this.failure !== undefined) throw this.failure.error;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      return this.lines.shift()!;
    } finally {
      callOff();
    }
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.wake();
  }
}

/** Sends parts to a `listen(port, acked: true)`, each until it is acknowledged. */
export class AckedSender implements PartTarget {
  private readonly settings: AckedSettings;
  private peer: Peer | undefined;
  private sender = '';

  constructor(settings: AckedSettings) {
    this.settings = settings;
  }

  begin(sender: string): Promise<void> {
    this.sender = sender;
    return this.persist(async () => void (await this.open()));
  }

  put({ number, bytes }: NumberedPart): Promise<void> {
    return this.persist(async () => {
      const peer = await this.open();
      // It may say that it does not take this before all of it is there.
      peer
        .connection!.write(Buffer.concat([Buffer.from(`${number} ${bytes.length}\n`), bytes]))
        .catch(peer.events.broken);
      const answer = await peer.line(LONGEST_SILENCE);
      const { name } = this.settings;
      if (answer.startsWith(REFUSAL)) {
        const words = visibleLine(answer.slice(REFUSAL.length));
        throw new RunFailure('sink-refused', 4, `cannot write to ${name}: it answers that ${words}`);
      }
      if (answer !== String(number)) throw notLeat(name);
    });
  }

  async close(): Promise<void> {
    const { peer } = this;
    this.peer = undefined;
    await peer?.connection?.end().catch(() => {});
  }

  private async open(): Promise<Peer> {
    // One that has ended between two batches is no trouble: it is made anew.
    if (this.peer?.isOver === false) return this.peer;
    this.letGo();
    const { network, to, name } = this.settings;
    const peer = new Peer(name);
    peer.connection = await network.connect(to, peer.events);
    this.peer = peer;
    const greeting = await peer.line(GREETING_TIME).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ETIMEDOUT' ? notLeat(name) : error;
    });
    if (greeting !== GREETING) throw notLeat(name);
    await peer.connection.write(Buffer.from(`${GREETING} ${this.sender}\n`));
    return peer;
  }

  private letGo(): void {
    this.peer?.connection?.letGo();
    this.peer = undefined;
  }

  /** Does something over a connection, which is made anew where it has broken, until it does not fail for a reason that may pass. */
  private async persist(work: () => Promise<void>): Promise<void> {
    const { name, retry: within, note } = this.settings;
    const once = async () => {
      try {
        await work();
      } catch (error) {
        this.letGo();
        throw error;
      }
    };
    const mayPass = (error: unknown) => !(error instanceof RunFailure) && tlsFault(error) === undefined;
    const words = (error: unknown) => sinkFailure(name, error).message;
    try {
      await retrying(once, { within, mayPass, note, words });
    } catch (error) {
      throw sinkFailure(name, error);
    }
  }
}
