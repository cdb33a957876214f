import { RunFailure } from '../../base/problem.ts';
import type { Chunk } from '../../flow/batch/chunk.ts';
import { type Core, type Driven, type OpenSource, sinksReady, untilEnded } from './core.ts';
import { Pace } from './pace.ts';
import { createStampProbe, type StampProbe } from './stamp-probe.ts';

const NEWLINE = 10;

/** A record's chunk and the time at which it happened, ms. */
interface Stamped {
  readonly source: OpenSource;
  readonly chunk: Chunk;
  readonly stamp: number;
}

/**
 * Recorded input at the pace of its event times: the clock of the run is the time of the records, so that batches and windows are those
 * of the day, at whatever speed.
 *
 *     event time    10:00:00   10:00:01        10:00:05
 *     records       a  b       c               d
 *     batches       [ a b ]    [ c ] [ ] [ ] [ ] [ d …
 *     60x                 17 ms apart
 *
 * A record without a time, or one out of order, comes with the one before it. Several sources are merged by time.
 */
export async function driveReplay(core: Core): Promise<Driven> {
  const queues = core.sources.map((source) => new StampedQueue(source, probeOf(core, source)));
  const running = queues.map((queue) =>
    core.start(queue.source, (chunk) => queue.deliver(chunk)).finally(() => queue.end()),
  );
  const pace = new Pace(core);
  const { duration = Number.POSITIVE_INFINITY } = core.options;
  /** The time of the records at which `--for` ends the run. */
  let end: number | undefined;
  for (let next = await earliest(queues); next !== undefined; next = await earliest(queues)) {
    if (Number.isFinite(next.stamp)) end ??= next.stamp + duration;
    await pace.reach(Math.min(next.stamp, end ?? next.stamp));
    if (end !== undefined && next.stamp > end) core.stop();
    if (core.signal.aborted) break;
    next.source.reader.read(next.chunk);
    if (core.blocked() !== undefined) await sinksReady(core);
  }
  for (const queue of queues) queue.end();
  await untilEnded(core, running);
  return { lastIsWhole: false };
}

function probeOf(core: Core, source: OpenSource): StampProbe {
  const probe = createStampProbe(core.plan, source.node, core, core.cursor);
  const { name } = source.node.call;
  if (source.behaviour.kind === 'batches') {
    const message = `--replay plays recorded input, and the lists of ${name} have a clock of their own`;
    core.fail(
      new RunFailure('replay-of-lists', 2, message, 'leave --replay out; --batch sets how far apart the lists are'),
    );
  } else if (probe === undefined) {
    const message = `--replay needs the time of the records of ${name}`;
    const help = 'give a stage behind it an event time: window(10s, on: .time)';
    core.fail(new RunFailure('replay-without-time', 2, message, help));
  }
  return probe ?? { stampOf: () => undefined };
}

/** The record that happened first, waiting until each source has one or has ended. */
async function earliest(queues: readonly StampedQueue[]): Promise<Stamped | undefined> {
  const heads = await Promise.all(queues.map((queue) => queue.peek()));
  let first: StampedQueue | undefined;
  let stamp = Number.POSITIVE_INFINITY;
  heads.forEach((head, i) => {
    if (head === undefined || head.stamp >= stamp) return;
    stamp = head.stamp;
    first = queues[i];
  });
  return first?.take();
}

/** What a source delivered, record by record, each with its time. Holds one chunk; the source waits until it is used up. */
class StampedQueue {
  readonly source: OpenSource;
  private readonly probe: StampProbe;
  private records: Stamped[] = [];
  private isOver = false;
  private latest = Number.NEGATIVE_INFINITY;
  private usedUp: (() => void) | undefined;
  private arrived: (() => void) | undefined;

  constructor(source: OpenSource, probe: StampProbe) {
    this.source = source;
    this.probe = probe;
  }

  deliver(chunk: Chunk): Promise<void> | undefined {
    if (this.isOver) return undefined;
    for (const record of singleRecords(chunk)) {
      const stamp = this.probe.stampOf(record);
      if (stamp !== undefined && stamp > this.latest) this.latest = stamp;
      this.records.push({ source: this.source, chunk: record, stamp: this.latest });
    }
    this.arrived?.();
    return new Promise((resolve) => {
      this.usedUp = resolve;
    });
  }

  async peek(): Promise<Stamped | undefined> {
    while (this.records.length === 0 && !this.isOver) {
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    }
    return this.records[0];
  }

  take(): Stamped | undefined {
    const record = this.records.shift();
    if (this.records.length === 0) this.usedUp?.();
    return record;
  }

  end(): void {
    this.isOver = true;
    this.usedUp?.();
    this.arrived?.();
  }
}

/** A chunk cut into chunks of one record each. */
function singleRecords(chunk: Chunk): readonly Chunk[] {
  const { origin } = chunk;
  if (chunk.kind === 'bad') return [chunk];
  if (chunk.kind === 'values') return chunk.values.map((value) => ({ kind: 'values', origin, values: [value] }));
  // They are kept until it is their turn.
  const bytes = Buffer.from(chunk.bytes);
  const records: Chunk[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, start) + 1 || bytes.length;
    records.push({ kind: 'text', origin, bytes: bytes.subarray(start, end) });
    start = end;
  }
  return records;
}
