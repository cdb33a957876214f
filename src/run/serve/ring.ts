import type { Batch } from './batch.ts';

/** So many bytes (estimated) of results are kept at most, of one view. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What a batch takes, bytes (estimated). */
interface Weight {
  /** All of its records. */
  readonly whole: number;
  /** Those that it does not have in common with the batch before. */
  readonly own: number;
}

/**
 * The results of the last time, in order: as many as are of the time that was asked for and take no more than 64 MB, but the newest always.
 *
 *     whole of the oldest + own of each behind it  ≤  64 MB
 */
export class Ring {
  private batches: Batch[] = [];
  private weights: Weight[] = [];
  private readonly keep: number;
  private ownBytes = 0;

  /** @param keep ms. */
  constructor(keep: number) {
    this.keep = keep;
  }

  put(batch: Batch, weight: Weight): void {
    this.batches.push(batch);
    this.weights.push(weight);
    this.ownBytes += weight.own;
    const oldest = batch.span.time - this.keep;
    let gone = 0;
    while (
      gone < this.batches.length - 1 &&
      (this.bytesBehind(gone) > MOST_BYTES || this.batches[gone]!.span.time <= oldest)
    ) {
      this.ownBytes -= this.weights[gone++]!.own;
    }
    if (gone === 0) return;
    this.batches = this.batches.slice(gone);
    this.weights = this.weights.slice(gone);
  }

  private bytesBehind(first: number): number {
    const { whole, own } = this.weights[first]!;
    return this.ownBytes - own + whole;
  }

  /** How many bytes (estimated) it takes. */
  get bytes(): number {
    return this.batches.length === 0 ? 0 : this.bytesBehind(0);
  }

  get newest(): Batch | undefined {
    return this.batches.at(-1);
  }

  /** All that is kept, in order. */
  get all(): readonly Batch[] {
    return this.batches;
  }

  /** The last of them, so many at most and no more than have so many rows together, but the newest always. */
  last(batches: number, rows: number): readonly Batch[] {
    const last = this.batches.slice(-batches);
    let sum = 0;
    const left = last.findLastIndex(({ records }, i) => {
      sum += records.length;
      return sum > rows && i < last.length - 1;
    });
    return last.slice(left + 1);
  }

  /** The batch of a number, where it is kept. */
  numbered(number: number): Batch | undefined {
    const first = this.batches[0]?.number;
    return first === undefined ? undefined : this.batches[number - first];
  }

  /** The newest result that was there at a time (ms). */
  at(time: number): Batch | undefined {
    return this.batches.findLast(({ span }) => span.time <= time);
  }

  /** Those that came out behind a time (ms). */
  since(time: number): readonly Batch[] {
    return this.batches.filter(({ span }) => span.time > time);
  }
}
