import type { Value } from '../../../base/value.ts';

/** Some of the records of a list, which belong to one batch. */
export interface ListPart {
  /** What they come from is called so. */
  readonly name: string;
  readonly values: readonly Value[];
}

/** What is wanted of records. Plain data. */
export interface RecordsWanted {
  /** Whether whoever takes them may have to tell what they were made of. */
  readonly withTexts: boolean;
  /** Reading ends with the record of this number, from 1; absent where all are wanted. */
  readonly most?: number;
}
