import type { Value } from '../../../base/value.ts';
import type { Columns } from '../../../flow/formats/rows.ts';
import type { RowsEvent, ViewRows } from '../../../flow/subscriptions/view-rows.ts';

/** One result: when it is of, and its rows. Times in ms since the epoch. */
export interface Result extends ViewRows {
  readonly batch: number;
  readonly time: number;
  readonly start: number;
  readonly end: number;
  readonly partial: boolean;
  readonly columns: Columns;
  /** Cells that are other than in the result before. */
  readonly lit: ReadonlySet<string>;
}

/** A result as it is sent: what `/v/NAME.json` gives, and what events do. */
export interface Sent extends RowsEvent {
  readonly batch: number;
  readonly time: number;
  readonly start: number;
  readonly end: number;
  readonly partial?: boolean;
  readonly records?: readonly Value[];
}

/** An alert that is on, or how many more of its stage are. */
export interface AlertInfo {
  readonly alert: string;
  readonly key?: Value;
  readonly since?: number;
  readonly more?: number;
}

/** What `/api/run` says of a view. */
export interface ViewInfo {
  readonly name: string;
  readonly kind: 'log' | 'running' | 'result';
  /** The columns that tell rows apart, where a grouping says so. */
  readonly by: readonly string[];
  /** The columns whose values add up over rows. */
  readonly sums: readonly string[];
  readonly times: readonly string[];
  readonly oldest: number | null;
  readonly time: number | null;
  readonly rows: number;
  readonly over: boolean;
  /** How many results are kept. */
  readonly kept: number;
  readonly address: string;
  readonly alerts: readonly AlertInfo[];
}
