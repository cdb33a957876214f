import { isAscii, isUtf8 } from 'node:buffer';
import { toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { BadChunk, Chunk, Cursor, Origin, TextChunk, ValueChunk } from '../../flow/batch/chunk.ts';
import { asBuffer } from '../../flow/batch/framer.ts';
import type { Step } from '../../flow/batch/step.ts';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Where the record under way stands; moved by the readers. */
export class RunCursor implements Cursor {
  origin: Origin | null = null;
  line = 0;
  private bytes: Buffer | undefined;
  private start = 0;
  private end = 0;
  private value: Value = null;

  text(): string {
    return this.bytes === undefined ? toText(this.value) : this.bytes.toString('utf8', this.start, this.end);
  }

  toLine(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  toValue(value: Value): void {
    this.bytes = undefined;
    this.value = value;
  }

  /** No record is under way: a tick. */
  leave(): void {
    this.origin = null;
    this.bytes = undefined;
    this.value = null;
  }
}

/** Turns a source's chunks into records and gives them to a step, one after the other, with the cursor on each. */
export class Reader {
  /** Records read so far, bad ones too. */
  records = 0;
  private readonly cursor: RunCursor;
  private readonly step: Step;
  private readonly bad: (problem: BadRecord) => void;

  constructor(cursor: RunCursor, step: Step, bad: (problem: BadRecord) => void) {
    this.cursor = cursor;
    this.step = step;
    this.bad = bad;
  }

  read(chunk: Chunk): void {
    this.cursor.origin = chunk.origin;
    if (chunk.kind === 'text') this.readLines(chunk);
    else if (chunk.kind === 'values') this.readValues(chunk);
    else this.readBad(chunk);
    this.cursor.leave();
  }

  private readLines({ bytes: chunkBytes, origin }: TextChunk): void {
    const bytes = asBuffer(chunkBytes);
    const { cursor, step } = this;
    const valid = isUtf8(bytes);
    // Each line is decoded by itself: a slice of a longer string would keep all of it in memory for as long as it lives.
    const decode = isAscii(bytes) ? latin1Text : utf8Text;
    const before = origin.lines;
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      const next = newline === -1 ? bytes.length : newline + 1;
      let end = newline === -1 ? bytes.length : newline;
      if (newline > start && bytes[newline - 1] === CARRIAGE_RETURN) end--;
      cursor.line = ++origin.lines;
      cursor.toLine(bytes, start, end);
      if (!valid && !isUtf8(bytes.subarray(start, end))) this.bad(new BadRecord('not valid UTF-8'));
      else if (step.slice !== undefined) step.slice(bytes, start, end);
      else step.push(decode(bytes, start, end));
      start = next;
    }
    this.records += origin.lines - before;
  }

  private readBad({ origin, problem, text }: BadChunk): void {
    this.cursor.line = ++origin.lines;
    this.cursor.toValue(text);
    this.records++;
    this.bad(problem);
  }

  private readValues({ values, origin }: ValueChunk): void {
    for (const value of values) {
      this.cursor.line = ++origin.lines;
      this.cursor.toValue(value);
      this.step.push(value);
    }
    this.records += values.length;
  }
}

function latin1Text(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

function utf8Text(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, end);
}
