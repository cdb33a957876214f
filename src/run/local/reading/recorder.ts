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
 * time within that batch, so that they come into the same one again. Batches that were left out are told as a pause.
 */
export class Recorder {
  private readonly run: RunContext;
  private readonly batches: Pick<Batches, 'end'>;
  private readonly output: Output;
  private readonly isKept: boolean;
  private hasHead: boolean;
  /** The tick of the batch that is recorded, ms; known where there is a head. */
  private tickOfOpen = Number.POSITIVE_INFINITY;
  private latest = Number.NEGATIVE_INFINITY;

  /** @param output may go on with what an earlier run has recorded. @param isKept another run may go on from this one. */
  constructor(
    run: RunContext,
    batches: Pick<Batches, 'end'>,
    output: Output & { readonly goesOn?: boolean },
    isKept: boolean,
  ) {
    this.run = run;
    this.batches = batches;
    this.output = output;
    this.isKept = isKept;
    this.hasHead = output.goesOn === true;
  }

  /** The batch under way is the one that an earlier run had begun. */
  goOn(): void {
    this.tickOfOpen = this.batches.end;
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
      // The same in a run that goes on with it.
      origin: origin.id + 1,
      name,
    } as const;
    for (const content of contents) this.output.write(writeEvent({ ...common, content }));
  }

  /** The batch under way is closed. What was recorded of it goes out. */
  tick(partial: boolean): void {
    this.begin();
    const { end } = this.batches;
    this.output.write(writeEvent({ kind: 'tick', time: end, partial }));
    this.tickOfOpen = end + this.run.interval;
    void this.output.flush();
  }

  private begin(): void {
    const { interval, live, isOneBatch = false } = this.run;
    const { end } = this.batches;
    const start = end - interval;
    if (!this.hasHead) {
      const head: SessionHead = { start, interval, live, whole: isOneBatch, kept: live && this.isKept };
      this.output.write(writeHead(head));
    } else if (end > this.tickOfOpen) this.output.write(writeEvent({ kind: 'pause', time: start }));
    this.hasHead = true;
    this.tickOfOpen = end;
  }

  private time(): number {
    const { interval, clock } = this.run;
    const { end } = this.batches;
    const now = Math.max(clock.now(), end - interval + 1, this.latest);
    this.latest = Math.min(now, end);
    return this.latest;
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
