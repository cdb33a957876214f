import type { Chunk, Origin, OriginChunk } from '../../../flow/define/chunk.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import type { Core } from './core.ts';
import type { StampProbe } from './stamp-probe.ts';

const NEWLINE = 10;
/** How much is read at a time of each of many files, bytes. */
const SMALL_PIECE = 64 * 1024;
/** From so many files on, they are read in small pieces: all are open at the same time. */
const MANY = 8;

/** A source that is being read: a lane for each place that it can read by itself, else one. */
interface OpenLanes {
  /** Resolves when they are known. */
  readonly lanes: Promise<readonly Lane[]>;
  /** Resolves when the source has ended. */
  readonly running: Promise<void>;
}

export function openLanes(core: Core, source: OpenSource, probe: StampProbe): OpenLanes {
  let known = (_lanes: readonly Lane[]) => {};
  const lanes = new Promise<readonly Lane[]>((resolve) => {
    known = resolve;
  });
  const byOrigin = new Map<Origin, Lane>();
  const common = new Lane(source, probe);
  // What is told of the position alone would have to come in order with all that is merged here.
  const deliver = (chunk: Chunk) =>
    chunk.kind === 'position' ? undefined : (byOrigin.get(chunk.origin) ?? common).deliver(chunk);
  const running = core.sources
    .start(source, deliver, async (opened) => {
      const wholes = await opened.wholes?.();
      if (wholes === undefined) {
        known([common]);
        await opened.run();
        return;
      }
      for (const { origin } of wholes) byOrigin.set(origin, new Lane(source, probe));
      known([...byOrigin.values()]);
      const piece = wholes.length > MANY ? SMALL_PIECE : undefined;
      await Promise.all(wholes.map((whole) => whole.read(piece).finally(() => byOrigin.get(whole.origin)!.end())));
    })
    .finally(() => {
      known([]);
      for (const lane of [common, ...byOrigin.values()]) lane.end();
    });
  return { lanes, running };
}

/** What comes from one place, record by record, each with its time. Holds one chunk; the source waits until it is used up. */
export class Lane {
  /** When the next record happened, ms, or the one before it that happened last; undefined where it is not known yet. */
  stamp: number | undefined;
  readonly source: OpenSource;
  private readonly probe: StampProbe;
  private readonly chunks: Iterator<OriginChunk>[] = [];
  private head: OriginChunk | undefined;
  private latest = Number.NEGATIVE_INFINITY;
  private isOver = false;
  private usedUp: (() => void) | undefined;
  private arrived: (() => void) | undefined;

  constructor(source: OpenSource, probe: StampProbe) {
    this.source = source;
    this.probe = probe;
  }

  deliver(chunk: OriginChunk): Promise<void> | undefined {
    if (this.isOver) return undefined;
    this.chunks.push(singleRecords(chunk));
    this.arrived?.();
    return new Promise((resolve) => {
      const before = this.usedUp;
      this.usedUp = () => {
        before?.();
        resolve();
      };
    });
  }

  /** Whether the next record is at hand. */
  get isReady(): boolean {
    if (this.head === undefined) this.lookAhead();
    return this.head !== undefined;
  }

  /** The time of the next record, when there is one; undefined when there will be none. */
  async next(): Promise<number | undefined> {
    while (!this.isReady) {
      if (this.isOver) return undefined;
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    }
    return this.stamp;
  }

  /** Has the next record read. */
  read(): void {
    const { head } = this;
    this.head = undefined;
    this.stamp = undefined;
    if (head !== undefined) this.source.reader.read(head);
  }

  /** Nothing more comes. What has come stays. */
  end(): void {
    this.isOver = true;
    this.usedUp?.();
    this.arrived?.();
  }

  private lookAhead(): void {
    for (let first = this.chunks[0]; first !== undefined; first = this.chunks[0]) {
      const { done, value } = first.next();
      if (!done) {
        this.head = value;
        const stamp = value.kind === 'end' ? undefined : this.probe.stampOf(value);
        if (stamp !== undefined && stamp > this.latest) this.latest = stamp;
        this.stamp = this.latest;
        return;
      }
      this.chunks.shift();
    }
    this.usedUp?.();
    this.usedUp = undefined;
  }
}

/** A chunk cut into chunks of one record each. What it says of the position holds behind the last of them. */
function singleRecords(chunk: OriginChunk): Iterator<OriginChunk> {
  // Bytes are kept until it is their turn.
  return cut(chunk.kind === 'text' ? { ...chunk, bytes: Buffer.from(chunk.bytes) } : chunk);
}

function* cut(chunk: OriginChunk): Generator<OriginChunk, undefined> {
  const { origin, behind } = chunk;
  if (chunk.kind === 'values') {
    for (const [i, value] of chunk.values.entries()) {
      yield { kind: 'values', origin, values: [value], ...(i === chunk.values.length - 1 ? { behind } : {}) };
    }
  } else if (chunk.kind !== 'text') yield chunk;
  else {
    const bytes = chunk.bytes as Buffer;
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, start) + 1 || bytes.length;
      yield { kind: 'text', origin, bytes: bytes.subarray(start, end), ...(end === bytes.length ? { behind } : {}) };
      start = end;
    }
  }
  return undefined;
}
