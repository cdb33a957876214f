import { isUtf8 } from 'node:buffer';
import { toText } from '../../../base/json.ts';
import { BadRecord } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import { countNewlines } from '../../../flow/bytes/newlines.ts';
import type { BadChunk, Chunk, Origin, OriginChunk, TextChunk, ValueChunk } from '../../../flow/define/chunk.ts';
import { LINES, type TakeTexts } from '../../../flow/define/faster.ts';
import type { Position } from '../../../flow/define/position.ts';
import type { Step } from '../../../flow/define/step.ts';
import { asBuffer } from '../../../flow/framing/framer.ts';
import { lineEnd, pushLines, textEnd } from '../../../flow/framing/lines.ts';
import type { RunCursor } from '../steps/run-cursor.ts';
import { TakenPosition } from './taken-position.ts';

const NEWLINE = 10;

function rethrow(error: unknown): never {
  throw error;
}

/** Records that others made of the input, in their order. */
interface Placed {
  /** Which they come from. */
  readonly origin: Origin;
  readonly records: readonly Value[];
  /** The line of each, counted behind those of the origin that were read so far; not a number where it belongs to none. */
  readonly lines: Float64Array;
  /** What each was made of; absent or null where it is the record itself. */
  readonly texts?: readonly (string | null)[];
}

/** Turns a source's chunks into records and gives them to a step, one after the other, with the cursor on each. */
export class Reader {
  /** Records read so far, bad ones too. */
  records = 0;
  /** Bytes of text read so far. */
  bytes = 0;
  /** Records that no stage was given. */
  unread = 0;
  /** Told of each origin of which nothing more comes. */
  isOver: ((origin: Origin) => void) | undefined;
  /** Where the source stands behind what was read. */
  readonly taken: TakenPosition;
  /** Nothing more is wanted of the source. */
  protected isClosed = false;
  /** The line at which that was said, where it was said of one. */
  private lastLine = 0;
  private isReading = false;
  private readonly cursor: RunCursor;
  private readonly step: Step;
  private readonly bad: (problem: BadRecord) => void;
  private readonly fault: (error: unknown) => void;
  private readonly take: TakeTexts | undefined;
  private readonly look: ((origin: Origin, first: Uint8Array) => void) | undefined;

  /**
   * @param kernels whether the step may be given lines as bytes, where it takes them.
   * @param fault told what a step has thrown that is no bad record, with the cursor where that was; the rest of the chunk is not read.
   * @param look is given the bytes of each chunk, before they are read.
   * @param from where the source goes on from.
   */
  constructor(
    cursor: RunCursor,
    step: Step,
    bad: (problem: BadRecord) => void,
    kernels: boolean,
    fault: (error: unknown) => void = rethrow,
    look?: (origin: Origin, first: Uint8Array) => void,
    from?: Position,
  ) {
    this.taken = new TakenPosition(from);
    this.fault = fault;
    this.cursor = cursor;
    this.step = step;
    this.bad = bad;
    this.look = look;
    this.take = kernels ? step.faster?.(LINES) : undefined;
  }

  /** Nothing behind the record under way is wanted: what is left of its chunk, and chunks that come, are not read. */
  close(): void {
    this.isClosed = true;
    if (!this.isReading) return;
    this.lastLine = this.cursor.line;
    this.cursor.isPastEnd = true;
  }

  read(chunk: Chunk): void {
    if (chunk.kind === 'position') chunk.taken?.();
    if (this.isClosed) return;
    if (chunk.kind === 'end') {
      this.step.ended?.(chunk.origin);
      this.isOver?.(chunk.origin);
    } else if (chunk.kind !== 'position') this.readRecords(chunk);
    this.taken.take(chunk);
  }

  /** Gives records that others made of its input to the step that takes them. @returns how many, before nothing more was wanted. */
  pass({ origin, records, lines, texts }: Placed, behind: Step): number {
    const { cursor } = this;
    let count = 0;
    cursor.text = () => texts?.[count - 1] ?? (records[count - 1] as string);
    this.isReading = true;
    try {
      while (count < records.length && !this.isClosed) {
        const line = lines[count]!;
        cursor.origin = Number.isNaN(line) ? null : origin;
        cursor.line = origin.lines + line;
        behind.push(records[count++]!);
      }
    } catch (error) {
      this.fault(error);
    }
    this.isReading = false;
    cursor.leave();
    return count;
  }

  private readRecords(chunk: Exclude<OriginChunk, { kind: 'end' }>): void {
    this.cursor.origin = chunk.origin;
    this.isReading = true;
    try {
      if (this.look !== undefined) this.lookAt(chunk);
      if (chunk.kind === 'text') this.readLines(chunk);
      else if (chunk.kind === 'values') this.readValues(chunk);
      else this.readBad(chunk);
    } catch (error) {
      this.fault(error);
    }
    this.isReading = false;
    this.cursor.leave();
  }

  private lookAt(chunk: TextChunk | ValueChunk | BadChunk): void {
    if (chunk.kind === 'values') return;
    this.look?.(chunk.origin, chunk.kind === 'text' ? chunk.bytes : Buffer.from(chunk.text));
  }

  private readLines({ bytes, origin }: TextChunk): void {
    const lines = asBuffer(bytes);
    this.bytes += lines.length;
    const before = origin.lines;
    try {
      if (isUtf8(lines)) this.give(lines, origin);
      else this.readAround(lines, origin);
    } finally {
      this.records += origin.lines - before;
    }
  }

  /** Lines of which some are not valid; the others are given on in runs. */
  private readAround(lines: Buffer, origin: Origin): void {
    let run = 0;
    for (let start = 0; start < lines.length && !this.isClosed; ) {
      const next = lineEnd(lines, start);
      const text = lines.subarray(start, textEnd(lines, start, next));
      if (!isUtf8(text)) {
        if (start > run) this.give(lines.subarray(run, start), origin);
        this.cursor.line = ++origin.lines;
        this.cursor.text = () => text.toString();
        this.lost(origin, new BadRecord('not valid UTF-8'));
        run = next;
      }
      start = next;
    }
    if (lines.length > run && !this.isClosed) this.give(lines.subarray(run), origin);
  }

  /** Lines of valid UTF-8. */
  private give(lines: Buffer, origin: Origin): void {
    this.cursor.line = origin.lines + 1;
    if (this.take === undefined) {
      try {
        pushLines(lines, this.cursor, (line) => this.step.push(line));
      } finally {
        origin.lines = this.cursor.line;
      }
    } else {
      const taken = this.take(lines);
      if (this.isClosed) origin.lines = this.lastLine;
      else origin.lines += taken ?? countNewlines(lines) + (lines[lines.length - 1] === NEWLINE ? 0 : 1);
    }
  }

  private readValues({ values, origin }: ValueChunk): void {
    for (const value of values) {
      if (this.isClosed) break;
      this.records++;
      this.cursor.line = ++origin.lines;
      this.cursor.text = () => toText(value);
      this.step.push(value);
    }
  }

  private readBad({ origin, problem, text }: BadChunk): void {
    this.cursor.line = ++origin.lines;
    this.cursor.text = () => text;
    this.records++;
    this.lost(origin, problem);
  }

  /** A line that no stage gets to see, which some have to know. */
  private lost(origin: Origin, problem: BadRecord): void {
    this.unread++;
    origin.lost = { reason: problem.reason, ...origin.lost, count: (origin.lost?.count ?? 0) + 1 };
    this.bad(problem);
  }
}
