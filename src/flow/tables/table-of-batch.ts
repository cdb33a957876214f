import type { Table } from '../parsing/table.ts';

/** A table that is read again while a run goes on: what was read counts from the next batch on, so that all of a batch has one. */
export class TableOfBatch {
  private table: Table | undefined;
  /** Read since. */
  private next: Table | undefined;
  /** The batch that was asked for last. */
  private batch: number | undefined;

  /** Whether none was read yet. */
  get isMissing(): boolean {
    return this.table === undefined && this.next === undefined;
  }

  /** It was read again. */
  take(table: Table): void {
    this.next = table;
  }

  /** @param batch when it was cut, ms. @returns its table; undefined where none was read. */
  of(batch: number): Table | undefined {
    if (batch !== this.batch) {
      this.batch = batch;
      this.table = this.next ?? this.table;
      this.next = undefined;
    }
    return this.table;
  }
}
