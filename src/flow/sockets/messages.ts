import { isUtf8 } from 'node:buffer';
import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
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

  constructor(origin: Origin, context: SourceContext) {
    this.origin = origin;
    this.context = context;
  }

  /** Takes a message. The bytes are the caller's again after the next flush. */
  add(bytes: Buffer, toValue: ToValue | undefined): void {
    const message = withoutLineEnd(bytes);
    if (toValue === undefined && !message.includes(NEWLINE)) {
      this.give('values');
      this.lines.push(message, LINE_END);
    } else if (isUtf8(message)) {
      this.give('lines');
      const text = message.toString('utf8');
      this.values.push(toValue === undefined ? text : toValue(text));
    } else {
      this.bad(new BadRecord('not valid UTF-8'), message);
    }
  }

  bad(problem: BadRecord, start: Buffer): void {
    this.give('lines');
    this.give('values');
    this.context.bad(problem, this.origin, startOf(start));
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
    if (what === 'lines' && lines.length > 0) {
      this.lines = [];
      this.full = context.deliver({ kind: 'text', origin, bytes: Buffer.concat(lines) }) ?? this.full;
    }
    if (what === 'values' && values.length > 0) {
      this.values = [];
      this.full = context.deliver({ kind: 'values', origin, values }) ?? this.full;
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
