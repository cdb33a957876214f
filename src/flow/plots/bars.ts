import type { Value } from '../../base/value.ts';
import { Bins } from './bins.ts';
import { type Chart, MOST_DRAWN, type ReadPoints } from './chart.ts';
import type { BarPlot } from './plot.ts';

/** A bar for each key of the newest emission, in the order of its records. */
export function barChart(read: ReadPoints, isLog: boolean): Chart {
  let records: Value[] = [];
  let count = 0;
  let shown: BarPlot | undefined;
  return {
    isOfAll: false,
    push(record) {
      if (count++ < MOST_DRAWN) records.push(record);
    },
    close(_span, isRest) {
      const bars = read(records).flatMap(({ key, value }) => (value === null ? [] : [{ name: key, value }]));
      if (!isRest) shown = { kind: 'bar', bars, isLog, more: count - records.length };
      records = [];
      count = 0;
    },
    plot: () => shown,
  };
}

/** How the numbers of the newest emission are spread: a bar for each range of values. @param most ranges. */
export function histogram(read: ReadPoints, isLog: boolean, most: number): Chart {
  let shown = new Bins();
  let open = new Bins();
  return {
    isOfAll: false,
    push(record) {
      for (const { value } of read([record])) if (value !== null) open.add(value);
    },
    close(_span, isRest) {
      if (!isRest) shown = open;
      open = new Bins();
    },
    plot: () => (shown.isEmpty ? undefined : { kind: 'histogram', bins: shown, isLog, most }),
  };
}
