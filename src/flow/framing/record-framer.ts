import { isUtf8 } from 'node:buffer';
import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Delivery } from './delivery.ts';
import { asBuffer, Held, type HoldingFramer, startOf, tooLong, unfinished } from './framer.ts';
import { textEnd } from './lines.ts';

/** What a record's text becomes. */
type ToValue = (text: string) => Value;

/** Where a record begins, and where the next one does, in all bytes that came; that is not known yet of one that is given up on before. */
export interface Borders {
  readonly start: number;
  readonly end: number | undefined;
}

const INVALID = new BadRecord('not valid UTF-8');

/** Records on their way to the inbox, in order with the bad ones between them. */
export class RecordOutlet {
  readonly delivery: Delivery;
  private readonly toValue: ToValue;
  private values: Value[] = [];
  private full: Promise<void> | undefined;

  constructor(delivery: Delivery, toValue: ToValue) {
    this.delivery = delivery;
    this.toValue = toValue;
  }

  text(text: string): void {
    this.values.push(this.toValue(text));
  }

  invalid(shown: string, place: Borders): void {
    this.tell(INVALID, shown, place);
  }

  tooLong(maxLine: number, start: Buffer | string, place: Borders): void {
    this.bad(tooLong(maxLine), start, place);
  }

  bad(problem: BadRecord, start: Buffer | string, place: Borders): void {
    this.tell(problem, startOf(start), place);
  }

  /** Delivers what has come, up to an offset; gives the inbox's promise if it was full. @param isLast see `Delivery.text`. */
  flush(end: number, isLast = false): Promise<void> | undefined {
    this.deliver(end, isLast);
    const { full } = this;
    this.full = undefined;
    return full;
  }

  private tell(problem: BadRecord, shown: string, { start, end }: Borders): void {
    this.deliver(start, false);
    this.delivery.bad(problem, shown, end ?? start, end === undefined);
  }

  private deliver(end: number, isLast: boolean): void {
    if (this.values.length === 0) return;
    this.full = this.delivery.values(this.values, end, isLast) ?? this.full;
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
  private skipping: boolean;
  /** How many bytes have come, and where in them the record under way begins. */
  private given = 0;
  private border = 0;

  /** @param delimiter not empty. */
  constructor(delimiter: string, maxLine: number, outlet: RecordOutlet) {
    this.delimiter = Buffer.from(delimiter);
    this.maxLine = maxLine;
    this.outlet = outlet;
    this.skipping = outlet.delivery.isPassing;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    this.rest.append(asBuffer(piece));
    this.given += piece.length;
    const bytes = this.rest.peek();
    const base = this.given - bytes.length;
    let start = 0;
    let end = bytes.indexOf(this.delimiter, this.searched);
    // Checked together, since a check costs much the same for few bytes as for many.
    const isValid = end >= 0 && isUtf8(bytes.subarray(0, bytes.length - unfinished(bytes)));
    while (end >= 0) {
      if (this.skipping) this.skipping = false;
      else this.record(bytes, start, end, base, isValid);
      start = end + this.delimiter.length;
      end = bytes.indexOf(this.delimiter, start);
    }
    if (start > 0) this.border = base + start;
    if (start === bytes.length) this.rest.take();
    else if (start > 0) this.rest.drop(start);
    const full = this.outlet.flush(this.border);
    this.keep();
    return full;
  }

  end(): Promise<void> | undefined {
    const last = this.rest.peek();
    // The newline that ends a file is not the last record's.
    const end = textEnd(last, 0, last.length);
    if (end > 0 && !this.skipping) this.record(last, 0, end, this.given - last.length, false);
    return this.outlet.flush(this.given, true);
  }

  get held(): number {
    return this.skipping ? 0 : this.rest.length;
  }

  giveUp(problem: BadRecord): void {
    if (this.held === 0) return;
    this.outlet.bad(problem, this.rest.peek(), { start: this.border, end: undefined });
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
      this.outlet.tooLong(this.maxLine, this.rest.peek(), { start: this.border, end: undefined });
      this.skipping = true;
    }
    if (this.skipping) this.rest.drop(this.rest.length - overlap);
    this.searched = this.rest.length - overlap;
  }

  /** @param base where `bytes` begin in all that came. @param isValid whether all of them are known to be UTF-8. */
  private record(bytes: Buffer, start: number, end: number, base: number, isValid: boolean): void {
    const isLong = end - start > this.maxLine;
    if (!isLong && (isValid || isUtf8(bytes.subarray(start, end)))) {
      this.outlet.text(bytes.toString('utf8', start, end));
      return;
    }
    const place = { start: base + start, end: Math.min(this.given, base + end + this.delimiter.length) };
    if (isLong) this.outlet.tooLong(this.maxLine, bytes.subarray(start, end), place);
    else this.outlet.invalid(bytes.toString('utf8', start, end), place);
  }
}
