import { isUtf8 } from 'node:buffer';
import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Delivery } from '../framing/delivery.ts';
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
  private readonly delivery: Delivery;
  /** Behind all that was taken, in the bytes of the origin. */
  private end = 0;
  private lines: Buffer[] = [];
  private values: Value[] = [];
  private full: Promise<void> | undefined;

  constructor(delivery: Delivery) {
    this.delivery = delivery;
  }

  /** Takes a message. The bytes are the caller's again after the next flush. @param end behind it, in the bytes of the origin, where somebody goes on from there. */
  add(bytes: Buffer, toValue: ToValue | undefined, end = 0): void {
    const message = withoutLineEnd(bytes);
    if (toValue === undefined && !message.includes(NEWLINE)) {
      this.give('values');
      this.end = end;
      this.lines.push(message, LINE_END);
    } else if (isUtf8(message)) {
      const text = message.toString('utf8');
      this.value(toValue === undefined ? text : toValue(text), end);
    } else {
      this.bad(new BadRecord('not valid UTF-8'), message, end);
    }
  }

  /** Takes a record that is none of text. */
  value(value: Value, end = 0): void {
    this.give('lines');
    this.end = end;
    this.values.push(value);
  }

  /** @param isPassing whether the message goes on behind `end`, where it began. */
  bad(problem: BadRecord, start: Buffer, end = 0, isPassing = false): void {
    this.give('lines');
    this.give('values');
    this.delivery.bad(problem, startOf(start), end, isPassing);
  }

  /** Delivers what has come; gives the inbox's promise where it is full. @param isLast the end of the data ends the last message, which may be that of the run only. */
  flush(isLast = false): Promise<void> | undefined {
    this.give('lines', isLast);
    this.give('values', isLast);
    const { full } = this;
    this.full = undefined;
    return full;
  }

  private give(what: 'lines' | 'values', isLast = false): void {
    const { delivery, end, lines, values } = this;
    if (what === 'lines' && lines.length > 0) {
      this.lines = [];
      this.full = delivery.text(Buffer.concat(lines), end, isLast) ?? this.full;
    }
    if (what === 'values' && values.length > 0) {
      this.values = [];
      this.full = delivery.values(values, end, isLast) ?? this.full;
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
