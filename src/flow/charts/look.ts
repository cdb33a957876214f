import { Chalk, type ChalkInstance } from 'chalk';
import type { SinkContext } from '../define/context.ts';

/** How charts are drawn on a terminal. */
export interface ChartLook {
  readonly ascii: boolean;
  readonly color: boolean;
  readonly paint: ChalkInstance;
  /** Lines of the drawing itself, without title and labels. */
  readonly height: number;
}

export function chartLook(context: Pick<SinkContext, 'ascii' | 'color'>, height: number): ChartLook {
  return {
    ascii: context.ascii === true,
    color: context.color,
    paint: new Chalk({ level: context.color ? 1 : 0 }),
    height,
  };
}
