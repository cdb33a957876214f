import { isUtf8 } from 'node:buffer';
import type { Chunk, Origin, OriginChunk } from '../../../flow/define/chunk.ts';
import type { Output, RunContext } from '../../../flow/define/context.ts';
import type { RecordedContent } from '../../../flow/define/session-event.ts';
import { asBuffer } from '../../../flow/framing/framer.ts';
import { lineEnd, textEnd } from '../../../flow/framing/lines.ts';
import { type SessionHead, writeEvent, writeHead } from '../../../flow/input/session.ts';
import type { Batches } from '../batches/batches.ts';
import { Reader } from './reader.ts';

/**
 * Keeps what sources deliver, as a session that `replay` reads (`--record`). Records are written when they are read into a batch, with a
 * time within that batch, so that they come into the same one again.
 */
export class Recorder {
  private readonly run: RunContext;
  private readonly batches: Pick<Batches, 'end'>;
  private readonly output: Output;
  private readonly origins = new Map<Origin, number>();
  private hasHead = false;
  private latest = Number.NEGATIVE_INFINITY;

  constructor(run: RunContext, batches: Pick<Batches, 'end'>, output: Output) {
    this.run = run;
    this.batches = batches;
    this.output = output;
  }

  take(chunk: Chunk): void {
    if (chunk.kind !== 'position') this.write(chunk.origin, contentsOf(chunk));
  }

  /** Data comes from an origin from now on. */
  opened(origin: Origin): void {
    this.write(origin, [{ opened: true, firstLine: origin.firstLine }]);
  }

  private write(origin: Origin, contents: Iterable<RecordedContent>): void {
    this.begin();
    const { source, name } = origin;
    const common = {
      kind: 'record',
      time: this.time(),
      source: source + 1,
      origin: this.numberOf(origin),
      name,
    } as const;
    for (const content of contents) this.output.write(writeEvent({ ...common, content }));
  }

  /** The batch under way is closed. What was recorded of it goes out. */
  tick(partial: boolean): void {
    this.begin();
    this.output.write(writeEvent({ kind: 'tick', time: this.batches.end, partial }));
    void this.output.flush();
  }

  private begin(): void {
    if (this.hasHead) return;
    this.hasHead = true;
    const { interval, live, isOneBatch = false } = this.run;
    const head: SessionHead = { start: this.batches.end - interval, interval, live, whole: isOneBatch };
    this.output.write(writeHead(head));
  }

  private time(): number {
    const { interval, clock } = this.run;
    const { end } = this.batches;
    const now = Math.max(clock.now(), end - interval + 1, this.latest);
    this.latest = Math.min(now, end);
    return this.latest;
  }

  private numberOf(origin: Origin): number {
    const number = this.origins.get(origin) ?? this.origins.size + 1;
    this.origins.set(origin, number);
    return number;
  }
}

function* contentsOf(chunk: OriginChunk): Generator<RecordedContent> {
  if (chunk.kind === 'end') {
    yield { ended: true };
  } else if (chunk.kind === 'values') {
    for (const value of chunk.values) yield { value };
  } else if (chunk.kind === 'bad') {
    yield { bad: chunk.problem.reason, detail: chunk.problem.detail, text: chunk.text };
  } else {
    const lines = asBuffer(chunk.bytes);
    for (let start = 0; start < lines.length; ) {
      const next = lineEnd(lines, start);
      const line = lines.subarray(start, textEnd(lines, start, next));
      yield isUtf8(line) ? { text: line.toString() } : { bytes: line.toString('base64') };
      start = next;
    }
  }
}

/** A reader of which all that it reads is recorded. */
export class RecordingReader extends Reader {
  private readonly recorder: Recorder;

  constructor(recorder: Recorder, ...settings: ConstructorParameters<typeof Reader>) {
    super(...settings);
    this.recorder = recorder;
  }

  override read(chunk: Chunk): void {
    if (!this.isClosed) this.recorder.take(chunk);
    super.read(chunk);
  }
}
