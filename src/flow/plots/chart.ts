import type { Value } from '../../base/value.ts';
import type { Span } from '../define/span.ts';
import type { Point } from '../drawing/points.ts';
import type { Plot } from './plot.ts';

/** A kind of chart: it takes the records of one output, emission by emission, and says what there is to draw. */
export interface Chart {
  /** One record of the open emission. */
  push(record: Value): void;
  /** The emission is over. @param isRest it is what the end of the run left over: of no account beside what there was. */
  close(span: Span, isRest: boolean): void;
  /** What is drawn now, which later emissions do not change; undefined where there is nothing. */
  plot(): Plot | undefined;
  /** Whether the drawing is of many emissions, so that where nothing is drawn in place it is written once, at the end. */
  readonly isOfAll: boolean;
}

/** A point that may have a place of its own along the x axis. */
export interface Placed extends Point {
  readonly at?: number | null;
}

/** The points of some records of one emission, in order. */
export type ReadPoints = (records: readonly Value[]) => readonly Placed[];

/** More records of an emission are not drawn one by one: no terminal has room for them. */
export const MOST_DRAWN = 1000;
