import { label } from '../drawing/points.ts';
import { barLines } from './bar-chart.ts';
import { Bins } from './bins.ts';
import type { Chart, ChartLook, ReadPoints } from './look.ts';

/** How the numbers of the newest emission are spread: a bar for each range of values. */
export function histogram(read: ReadPoints, look: ChartLook): Chart {
  let shown = new Bins();
  let open = new Bins();
  return {
    isOfAll: false,
    push(record) {
      for (const { value } of read([record])) if (value !== null) open.add(value);
    },
    close() {
      shown = open;
      open = new Bins();
    },
    lines(columns, rows) {
      if (shown.isEmpty) return [];
      const { width, bins } = shown.merged(Math.max(1, Math.min(look.height, rows)));
      const names = bins.map(({ start }) => `${label(start)} ${look.ascii ? '-' : '–'} ${label(start + width)}`);
      const widest = Math.max(...names.map(({ length }) => length));
      const bars = bins.map(({ count }, i) => ({ name: names[i]!.padStart(widest), value: count }));
      return barLines(bars, columns, rows, look);
    },
  };
}
