import type { Value } from '../../base/value.ts';
import type { Remembering } from '../define/snapshot.ts';
import type { Step } from '../define/step.ts';

type Remembered = {
  /** Whether it is all there is; else what came since the one before. */
  readonly isWhole: boolean;
  /** The partitions from the last one on that was there before, of which this is what came since. */
  readonly partitions: readonly (readonly Value[])[];
};

/** Collects the open emission as lists, one a partition: at least one, also where it is empty. */
export class Partitions {
  private collected: Value[][] = [[]];
  /** How many partitions were written down, and how many records of the last of these; undefined where that was of another emission. */
  private written: { readonly partitions: number; readonly records: number } | undefined;

  /** Of a step that remembers these and nothing else. */
  readonly memory: Remembering = {
    snapshot: (onlyChanges = false): Remembered => {
      const before = onlyChanges ? this.written : undefined;
      this.noteWritten();
      if (before === undefined) return { isWhole: true, partitions: this.collected };
      const [first, ...rest] = this.collected.slice(before.partitions - 1);
      return { isWhole: false, partitions: [first!.slice(before.records), ...rest] };
    },
    restore: (state) => {
      const { isWhole, partitions } = state as Remembered;
      if (isWhole) this.collected = [[]];
      for (const [i, records] of partitions.entries()) {
        if (i > 0) this.border();
        for (const record of records) this.push(record);
      }
      this.noteWritten();
    },
  };

  private noteWritten(): void {
    this.written = { partitions: this.collected.length, records: this.collected.at(-1)!.length };
  }

  push(record: Value): void {
    this.collected.at(-1)!.push(record);
  }

  /** The records from here on are another partition. */
  border(): void {
    this.collected.push([]);
  }

  /** The partitions of the emission, which is over; begins the next one. */
  take(): readonly (readonly Value[])[] {
    const partitions = this.collected;
    this.collected = [[]];
    this.written = undefined;
    return partitions;
  }
}

/** Gives the lists on as the partitions of the open emission. */
export function pushPartitions(partitions: readonly (readonly Value[])[], down: Step): void {
  partitions.forEach((partition, index) => {
    if (index > 0) down.partition?.();
    for (const record of partition) down.push(record);
  });
}
