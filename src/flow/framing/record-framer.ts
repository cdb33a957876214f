import { isUtf8 } from 'node:buffer';
import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import { asBuffer, Held, type HoldingFramer, startOf, tooLong, unfinished } from './framer.ts';
import { textEnd } from './lines.ts';

/** What a record's text becomes. */
export type ToValue = (text: string) => Value;

/** Records on their way to the inbox, in order with the bad ones between them. */
export class RecordOutlet {
  private readonly origin: Origin;
  private readonly context: SourceContext;
  private readonly toValue: ToValue;
  private values: Value[] = [];
  private full: Promise<void> | undefined;

  constructor(origin: Origin, context: SourceContext, toValue: ToValue) {
    this.origin = origin;
    this.context = context;
    this.toValue = toValue;
  }

  text(text: string): void {
    this.values.push(this.toValue(text));
  }

  invalid(shown: string): void {
    this.deliver();
    this.context.bad(new BadRecord('not valid UTF-8'), this.origin, shown);
  }

  tooLong(maxLine: number, start: Buffer | string): void {
    this.bad(tooLong(maxLine), start);
  }

  bad(problem: BadRecord, start: Buffer | string): void {
    this.deliver();
    this.context.bad(problem, this.origin, startOf(start));
  }

  /** Delivers what has come; gives the inbox's promise if it was full. */
  flush(): Promise<void> | undefined {
    this.full = undefined;
    this.deliver();
    return this.full;
  }

  private deliver(): void {
    if (this.values.length === 0) return;
    this.full = this.context.deliver({ kind: 'values', origin: this.origin, values: this.values }) ?? this.full;
    this.values = [];
  }
}

/**
 * Records that end at a delimiter of any bytes, delivered as values. A record of more than `maxLine` bytes is one bad record and
 * is not kept, nor is one that is not UTF-8.
 */
export class RecordFramer implements HoldingFramer {
  private readonly delimiter: Buffer;
  private readonly maxLine: number;
  private readonly outlet: RecordOutlet;
  private readonly rest = new Held();
  /** Up to here no delimiter starts in what is held. */
  private searched = 0;
  private skipping = false;

  /** @param delimiter not empty. */
  constructor(delimiter: string, maxLine: number, outlet: RecordOutlet) {
    this.delimiter = Buffer.from(delimiter);
    this.maxLine = maxLine;
    this.outlet = outlet;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    this.rest.append(asBuffer(piece));
    const bytes = this.rest.peek();
    let start = 0;
    let end = bytes.indexOf(this.delimiter, this.searched);
    // Checked together, since a check costs much the same for few bytes as for many.
    const isValid = end >= 0 && isUtf8(bytes.subarray(0, bytes.length - unfinished(bytes)));
    while (end >= 0) {
      if (this.skipping) this.skipping = false;
      else this.record(bytes, start, end, isValid);
      start = end + this.delimiter.length;
      end = bytes.indexOf(this.delimiter, start);
    }
    if (start === bytes.length) this.rest.take();
    else if (start > 0) this.rest.drop(start);
    this.keep();
    return this.outlet.flush();
  }

  end(): Promise<void> | undefined {
    const last = this.rest.peek();
    // The newline that ends a file is not the last record's.
    const end = textEnd(last, 0, last.length);
    if (end > 0 && !this.skipping) this.record(last, 0, end, false);
    return this.outlet.flush();
  }

  get held(): number {
    return this.skipping ? 0 : this.rest.length;
  }

  giveUp(problem: BadRecord): void {
    if (this.held === 0) return;
    this.outlet.bad(problem, this.rest.peek());
    this.skipping = true;
    const bytes = this.rest.take();
    // Copied, so that nothing else of it is kept.
    this.rest.append(bytes.subarray(Math.max(0, bytes.length - this.delimiter.length + 1)));
    this.searched = 0;
  }

  /** The last bytes may be the start of a delimiter, so they neither count for the length nor may be passed over. */
  private keep(): void {
    const overlap = Math.min(this.rest.length, this.delimiter.length - 1);
    if (!this.skipping && this.rest.length - overlap > this.maxLine) {
      this.outlet.tooLong(this.maxLine, this.rest.peek());
      this.skipping = true;
    }
    if (this.skipping) this.rest.drop(this.rest.length - overlap);
    this.searched = this.rest.length - overlap;
  }

  /** @param isValid whether all of `bytes` is known to be UTF-8. */
  private record(bytes: Buffer, start: number, end: number, isValid: boolean): void {
    if (end - start > this.maxLine) this.outlet.tooLong(this.maxLine, bytes.subarray(start, end));
    else if (isValid || isUtf8(bytes.subarray(start, end))) this.outlet.text(bytes.toString('utf8', start, end));
    else this.outlet.invalid(bytes.toString('utf8', start, end));
  }
}
