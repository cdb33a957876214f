import { Chalk, type ChalkInstance } from 'chalk';
import type { Value } from '../../base/value.ts';
import type { SinkContext } from '../define/context.ts';
import type { Span } from '../define/span.ts';
import type { Point } from '../drawing/points.ts';
import { titleLine } from '../formats/table.ts';

/** How charts are drawn. */
export interface ChartLook {
  readonly ascii: boolean;
  readonly color: boolean;
  /** Whether it is drawn anew in place, so that what stands still should not move. */
  readonly isLive: boolean;
  readonly paint: ChalkInstance;
  /** Lines of the drawing itself, without title and labels. */
  readonly height: number;
  title(span: Span, read: number | undefined, columns: number): string;
}

/** A kind of chart: it takes the points of one output, emission by emission, and draws what it has. */
export interface Chart {
  /** One record of the open emission. */
  push(record: Value): void;
  /** The emission is over. @param isRest it is what the end of the run left over of a batch: no point beside those of whole ones. */
  close(isRest: boolean): void;
  /** What is drawn now, for so many columns, without the title. At most `rows` lines; none where there is nothing to draw. */
  lines(columns: number, rows: number): readonly string[];
  /** Whether the drawing is of many emissions, so that where nothing is drawn in place it is written once, at the end. */
  readonly isOfAll: boolean;
}

/** The points of some records of one emission, in order. */
export type ReadPoints = (records: readonly Value[]) => readonly Point[];

/** More records of an emission are not drawn one by one: no terminal has room for them. */
export const MOST_DRAWN = 1000;

export function chartLook(context: SinkContext, height: number): ChartLook {
  const paint = new Chalk({ level: context.color ? 1 : 0 });
  return {
    ascii: context.ascii === true,
    color: context.color,
    isLive: context.region !== undefined,
    paint,
    height,
    title: (span, read, columns) => titleLine(span, read, paint, { ...context, width: columns }),
  };
}
