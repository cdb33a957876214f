import { toText } from '../../base/json.ts';
import { isPair, type Value } from '../../base/value.ts';
import type { Span } from '../define/span.ts';

/** Where a look writes its text, in pieces of any size. */
export type Write = (text: string | Uint8Array) => void;

/**
 * The look of one output: records and spans into text. It writes as early as it can, so that a batch of any length
 * takes constant memory wherever the look allows it.
 */
export interface Format {
  /** One record of the open batch. */
  push(record: Value): void;
  /** The batch is whole. `leftOut` records of it were not pushed, since `print(n)` shows only so many. */
  close(span: Span, leftOut: number): void;
  /** Between batches, what a look of the same kind goes on from (see `createFormat`), as plain data; absent where that is nothing. */
  readonly mark?: Value;
  /** Whether records that were pushed wait for the close, or for more of them. */
  readonly isHolding?: boolean;
}

/** A record as one line of text: a string as it is, a pair as `key<TAB>value`, anything else as JSON. */
export function toLine(record: Value): string {
  return isPair(record) ? `${toText(record[0])}\t${toText(record[1])}` : toText(record);
}
