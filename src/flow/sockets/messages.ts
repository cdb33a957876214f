import { isUtf8 } from 'node:buffer';
import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Split } from '../define/position.ts';
import { startOf } from '../framing/framer.ts';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const LINE_END = Buffer.from('\n');

/** What a message becomes instead of its text. */
export type ToValue = (text: string) => Value;

/**
 * Messages whose ends are known, each of them a record of one origin, on their way to the inbox in order: lines together as bytes, so that kernels read them, anything
 * else as values. A newline at the end of a message is none of it.
 */
export class MessageOutlet {
  private readonly origin: Origin;
  private readonly context: SourceContext;
  private lines: Buffer[] = [];
  private values: Value[] = [];
  private full: Promise<void> | undefined;
  private readonly behind: ((offset: number) => Split) | undefined;
  /** Where the last message ended, in all that came. */
  private end = 0;

  /** @param behind the split behind all messages up to an offset, where the run is kept. */
  constructor(origin: Origin, context: SourceContext, behind?: (offset: number) => Split) {
    this.origin = origin;
    this.context = context;
    this.behind = behind;
  }

  /** Takes a message. The bytes are the caller's again after the next flush. @param end where it ends, in all that came. */
  add(bytes: Buffer, toValue: ToValue | undefined, end = 0): void {
    const message = withoutLineEnd(bytes);
    if (toValue === undefined && !message.includes(NEWLINE)) {
      this.give('values');
      this.lines.push(message, LINE_END);
      this.end = end;
    } else if (isUtf8(message)) {
      this.give('lines');
      const text = message.toString('utf8');
      this.values.push(toValue === undefined ? text : toValue(text));
      this.end = end;
    } else {
      this.bad(new BadRecord('not valid UTF-8'), message, end);
    }
  }

  bad(problem: BadRecord, start: Buffer, end = 0): void {
    this.give('lines');
    this.give('values');
    this.end = end;
    this.context.bad(problem, this.origin, startOf(start), this.behind?.(end));
  }

  /** Delivers what has come; gives the inbox's promise where it is full. */
  flush(): Promise<void> | undefined {
    this.give('lines');
    this.give('values');
    const { full } = this;
    this.full = undefined;
    return full;
  }

  private give(what: 'lines' | 'values'): void {
    const { origin, context, lines, values } = this;
    if (this.lines.length + this.values.length === 0) return;
    const placed = this.behind === undefined ? {} : { behind: this.behind(this.end) };
    if (what === 'lines' && lines.length > 0) {
      this.lines = [];
      this.full = context.deliver({ kind: 'text', origin, bytes: Buffer.concat(lines), ...placed }) ?? this.full;
    }
    if (what === 'values' && values.length > 0) {
      this.values = [];
      this.full = context.deliver({ kind: 'values', origin, values, ...placed }) ?? this.full;
    }
  }
}

/** A message without the newline at its end, as many senders write one. */
function withoutLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  if (bytes[end - 1] === NEWLINE) end--;
  if (bytes[end - 1] === CARRIAGE_RETURN) end--;
  return bytes.subarray(0, end);
}
