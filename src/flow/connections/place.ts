/** So many batches, and of the next so many records. */
export interface Place {
  readonly batch: number;
  readonly records: number;
}

export const isBefore = (a: Place, b: Place) => a.batch < b.batch || (a.batch === b.batch && a.records < b.records);
