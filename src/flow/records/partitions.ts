import type { Value } from '../../base/value.ts';
import type { Remembering } from '../define/snapshot.ts';
import type { Step } from '../define/step.ts';

/** Collects the open emission as lists, one a partition: at least one, also where it is empty. */
export class Partitions {
  private collected: Value[][] = [[]];

  /** Of a step that remembers these and nothing else. */
  readonly memory: Remembering = {
    snapshot: () => this.collected,
    restore: (state) => {
      this.collected = state as Value[][];
    },
  };

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
