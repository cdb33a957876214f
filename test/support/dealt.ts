/** A stream that is dealt out by batches as a script says, without Spark: as there, what a run has not done is dealt out again, and perhaps the last that it has. */
import type { PlainData } from '../../src/flow/define/position.ts';
import type { ClusterStream, StreamWish } from '../../src/run/local/options/cluster.ts';

/** A batch as Spark would write it down. */
export interface Planned {
  readonly time: number;
  /** Of the first directory. */
  readonly files: readonly string[];
  /** Of the second. */
  readonly others?: readonly string[];
  /** Done before it is begun. */
  readonly before?: () => Promise<unknown>;
}

/** What Spark keeps of a stream in its directory. */
export class DealtStream {
  /** Numbers of the batches that were told of, in all runs. */
  readonly told: number[] = [];
  private readonly batches: readonly Planned[];
  private begun = -1;
  private readonly found = new Map<number, PlainData>();

  constructor(batches: readonly Planned[]) {
    this.batches = batches;
  }

  /** Goes on behind what a run has done. */
  open = ({ find }: StreamWish, done: number): ClusterStream => {
    const { begun } = this;
    let number = Math.max(-1, done - 1);
    return {
      next: async () => {
        const batch = this.batches[++number];
        if (batch === undefined) return undefined;
        this.begun = Math.max(this.begun, number);
        this.told.push(number);
        const { time, files, others = [], before } = batch;
        await before?.();
        const found = this.found.get(number) ?? (await find?.());
        if (found !== undefined) this.found.set(number, found);
        return {
          time,
          files: [files, others],
          number,
          isAgain: number <= begun,
          ...(found === undefined ? {} : { found }),
        };
      },
      done() {},
    };
  };
}
