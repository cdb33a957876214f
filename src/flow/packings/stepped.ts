/** Takes what was unpacked; its promise, where there is one, is that of an inbox which is full. The bytes are lent until it resolves. */
export type Give = (plain: Buffer) => Promise<void> | undefined;

/** Unpacks one stream. Its methods are called one after the other. */
export interface Unpacking {
  /** Resolves when all that these bytes unpack to is given. Rejects with an `UnpackFault`, and may not be called again then. */
  take(bytes: Buffer): Promise<void>;
  /** Nothing more follows. Rejects with an `UnpackFault` where the data is not at its end. */
  end(): Promise<void>;
  /** Lets go of what it holds; nothing is given any more. Called once, also in the middle. */
  close(): void;
}

/** Why packed data cannot be unpacked: it ends too early (`torn`), is no such data (`damaged`), or what the text says. */
export class UnpackFault extends Error {
  readonly kind: 'torn' | 'damaged' | 'other';

  constructor(kind: 'torn' | 'damaged' | 'other', message = kind as string) {
    super(message);
    this.kind = kind;
  }
}

/** Unpacks in small steps on the thread of the run, so that what little data unpacks to much is never held as a whole. */
export interface Steps {
  /** What the bytes unpack to, piece by piece; each is lent until the next one is asked for. @throws UnpackFault. */
  take(bytes: Buffer): Iterable<Buffer>;
  /** The same for what was held back, at the end of the data. @throws UnpackFault where it is not whole. */
  end(): Iterable<Buffer>;
}

/** Gives what is unpacked by steps, each when the one before has gone. */
export class SteppedUnpacking implements Unpacking {
  private readonly steps: Steps | Promise<Steps>;
  private readonly give: Give;
  private isClosed = false;

  constructor(steps: Steps | Promise<Steps>, give: Give) {
    this.steps = steps;
    this.give = give;
  }

  async take(bytes: Buffer): Promise<void> {
    await this.each((await this.steps).take(bytes));
  }

  async end(): Promise<void> {
    await this.each((await this.steps).end());
  }

  close(): void {
    this.isClosed = true;
  }

  private async each(pieces: Iterable<Buffer>): Promise<void> {
    for (const piece of pieces) {
      await this.give(piece);
      if (this.isClosed) return;
    }
  }
}
