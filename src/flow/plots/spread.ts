import type { Value } from '../../base/value.ts';
import { addToDDSketch, type DDSketch, emptyDDSketch, quantileOf } from '../sketches/ddsketch.ts';
import { axisOf } from './axis.ts';
import { type Chart, MOST_DRAWN, type Placed, type ReadPoints } from './chart.ts';
import type { Box, Dots, Plot } from './plot.ts';

/** So many dots are kept of an emission: of more, every second, every fourth, and so on. */
const MOST_DOTS = 5000;
const MOST_COLORS = 6;
/** Keys that have a box. */
const MOST_BOXES = 200;

interface ScatterOptions {
  readonly isLog: boolean;
  readonly isTime: boolean;
}

/** A dot for each record of the newest emission. */
export function scatterChart(read: ReadPoints, { isLog, isTime }: ScatterOptions): Chart {
  let dots: Placed[] = [];
  let every = 1;
  let count = 0;
  let shown: Plot | undefined;
  return {
    isOfAll: false,
    push(record) {
      for (const point of read([record])) {
        if (count++ % every !== 0 || point.value === null || typeof point.at !== 'number') continue;
        dots.push(point);
        if (dots.length < MOST_DOTS) continue;
        dots = dots.filter((_, i) => i % 2 === 0);
        every *= 2;
      }
    },
    close(_span, isRest) {
      if (!isRest) shown = scatterOf(dots, { isLog, isTime });
      dots = [];
      every = 1;
      count = 0;
    },
    plot: () => shown,
  };
}

function scatterOf(dots: readonly Placed[], { isLog, isTime }: ScatterOptions): Plot | undefined {
  if (dots.length === 0) return undefined;
  const byKey = new Map<string, [number, number][]>();
  for (const { key, at, value } of dots) {
    // All keys beyond the colours there are share the last one.
    const name = byKey.has(key) || byKey.size < MOST_COLORS - 1 ? key : OTHERS;
    const points = byKey.get(name);
    if (points === undefined) byKey.set(name, [[at!, value!]]);
    else points.push([at!, value!]);
  }
  const series: Dots[] = [...byKey].map(([name, points]) => ({ name, points }));
  const x = axisOf(
    dots.map(({ at }) => at!),
    { isTime },
  );
  return {
    kind: 'scatter',
    x,
    y: axisOf(
      dots.map(({ value }) => value!),
      { isLog },
    ),
    series,
  };
}

const OTHERS = 'others';

interface Spread {
  sketch: DDSketch;
  count: number;
  least: number;
  most: number;
}

/** How the numbers of each key of the newest emission are spread. */
export function boxChart(read: ReadPoints, isLog: boolean): Chart {
  let open = new Map<string, Spread>();
  let others = new Set<string>();
  let shown: Plot | undefined;

  const take = (records: readonly Value[]): void => {
    for (const { key, value } of read(records)) {
      if (value === null) continue;
      const spread = open.get(key);
      if (spread !== undefined) {
        spread.sketch = addToDDSketch(spread.sketch, value);
        spread.count++;
        spread.least = Math.min(spread.least, value);
        spread.most = Math.max(spread.most, value);
      } else if (open.size < MOST_BOXES) {
        open.set(key, { sketch: addToDDSketch(emptyDDSketch(), value), count: 1, least: value, most: value });
      } else if (others.size < MOST_DRAWN) others.add(key);
    }
  };

  return {
    isOfAll: false,
    push: (record) => take([record]),
    close(_span, isRest) {
      if (!isRest) {
        const boxes = [...open].map(([name, spread]) => boxOf(name, spread));
        const ends = boxes.flatMap(({ least, most }) => [least, most]);
        shown =
          boxes.length === 0 ? undefined : { kind: 'box', axis: axisOf(ends, { isLog }), boxes, more: others.size };
      }
      open = new Map();
      others = new Set();
    },
    plot: () => shown,
  };
}

/** The sketch is within 1 % of the true values, and never beyond the ends. */
function boxOf(name: string, { sketch, count, least, most }: Spread): Box {
  const at = (share: number) => Math.min(most, Math.max(least, quantileOf(sketch, share) ?? least));
  return { name, count, least, low: at(0.25), middle: at(0.5), high: at(0.75), most };
}
